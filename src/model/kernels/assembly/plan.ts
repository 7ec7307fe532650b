// What a step works on, as JavaScript lays it out in memory: one Plan, then one Layer for each dense layer. simd.ts
// writes these records by the lists of fields at the end of ../layout.ts; pointers are byte offsets, 16-aligned.
//
// Every matrix of a step is kept in panels of 8 columns, (columns / 8, rows, 8): a panel streams through the caches
// without gaps, whichever of the three products reads it. Columns are padded to 8 with zeros, rows of a minibatch to 8
// with whatever was there: no sum ever runs over padding.
// Letters: B rows of a minibatch, I inputs, O outputs of a layer, K classes, D encoded features, N training rows.

@unmanaged
export class Plan {
  layers: usize; // -> Layer[count]
  count: i32;
  capacity: i32; // rows of a minibatch, padded to 8: rows of every panel of activations
  N: i32;
  batchSize: i32;
  D: i32;
  K: i32;
  features: usize; // (N, D) row-major
  labels: usize; // (N) i32
  order: usize; // (N) i32: the rows of this epoch
  rowLosses: usize; // (capacity) f32
  batchLabels: usize; // (capacity) i32
  scratch: usize; // of each thread: scratchBytes: TILE and what follows, below
  scratchBytes: i32;
  barrier: usize; // i32 arrived, i32 generation, 64 bytes apart
  spins: i32; // looks a waiting thread takes before it sleeps
  sigmoidHead: i32;
  weighted: i32; // 0: every class weighs 1
  classWeights: usize; // (K) f32
  smoothing: f32;
  keep: f32; // 1 - smoothing
  share: f32; // smoothing / K
  shared: f32; // share * sum of the class weights
  adam: i32; // 1 adam and adamw, 0 sgd
  momentum: f32;
  nesterov: i32;
  beta1: f32;
  beta2: f32;
  take1: f32; // 1 - beta1
  take2: f32; // 1 - beta2
  epsilon: f32;
  clips: i32; // 1: the norm of all gradients is taken before any update
  factor: f32; // what clipping multiplies the gradients of this step by
  clipNorm: f64;
  clipEpsilon: f64;
  smoothing64: f64;
}

@unmanaged
export class Layer {
  I: i32;
  O: i32;
  rows: i32; // I padded to 8: rows of a panel of weights
  panels: i32; // panels of weights: O padded to 8, by 8
  weights: usize; // (panels, rows, 8)
  biases: usize; // (panels, 8)
  dWeights: usize; // like weights; only when the update does not ride on the product
  dBiases: usize;
  first: usize; // of the weights: velocity of sgd, first moment of adam
  second: usize; // second moment of adam
  firstOfBiases: usize;
  secondOfBiases: usize;
  x: usize; // (rows / 8, capacity, 8): what comes in
  z: usize; // (panels, capacity, 8): what the product gives
  a: usize; // (panels, capacity, 8): after the activation; z itself in the last layer
  dz: usize; // (panels, capacity, 8)
  dzColumns: usize; // (capacity / 8, panels * 8, 8): dz by columns of eight rows
  kind: i32; // activation, numbered as activationKinds; 0 in the last layer
  alpha: f32;
  padding: i32;
  rateFactor: f64;
  l2: f64;
  decay: f64;
  l2OfBiases: f64;
  decayOfBiases: f64;
}

const LAYER_BYTES = offsetof<Layer>();

// @ts-ignore: decorator
@inline
export function layerOf(plan: Plan, l: i32): Layer {
  return changetype<Layer>(plan.layers + <usize>l * LAYER_BYTES);
}

// The scratch of a thread: one tile of sums, one rule, one narrow tile, then columns of logits and of exponentials.
export const TILE = 0;
export const RULE = 128;
export const NARROW_TILE = 256;
export const COLUMNS = 512;
