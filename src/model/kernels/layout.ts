// The records that SIMD kernels read, field by field as assembly/plan.ts and assembly/updates.ts declare them.

type Field = readonly [name: string, type: "i32" | "f32" | "f64"];

const i32 = (...names: string[]): Field[] => names.map((name) => [name, "i32"]);
const f32 = (...names: string[]): Field[] => names.map((name) => [name, "f32"]);
const f64 = (...names: string[]): Field[] => names.map((name) => [name, "f64"]);

const planFields: readonly Field[] = [
  ...i32("layers", "count", "capacity", "N", "batchSize", "D", "K", "features", "labels", "order"),
  ...i32("rowLosses", "batchLabels", "scratch", "scratchBytes", "barrier", "spins"),
  ...i32("sigmoidHead", "weighted", "classWeights"),
  ...f32("smoothing", "keep", "share", "shared"),
  ...i32("adam"),
  ...f32("momentum"),
  ...i32("nesterov"),
  ...f32("beta1", "beta2", "take1", "take2", "epsilon"),
  ...i32("clips"),
  ...f32("factor"),
  ...f64("clipNorm", "clipEpsilon", "smoothing64"),
];
const layerFields: readonly Field[] = [
  ...i32("I", "O", "rows", "panels", "weights", "biases", "dWeights", "dBiases", "first", "second"),
  ...i32("firstOfBiases", "secondOfBiases", "x", "z", "a", "dz", "dzColumns", "kind"),
  ...f32("alpha"),
  ...i32("padding"),
  ...f64("rateFactor", "l2", "decay", "l2OfBiases", "decayOfBiases"),
];
const ruleFields = f32("rate", "shrink", "l2", "correction1", "correction2");

/** A record in memory: where each field stands, and how long it is. */
export interface Layout {
  readonly offsets: ReadonlyMap<string, { readonly at: number; readonly type: Field[1] }>;
  readonly bytes: number;
}

function layoutOf(fields: readonly Field[]): Layout {
  const offsets = new Map<string, { at: number; type: Field[1] }>();
  let end = 0;
  let widest = 4;
  for (const [name, type] of fields) {
    const size = type === "f64" ? 8 : 4;
    const at = Math.ceil(end / size) * size;
    offsets.set(name, { at, type });
    end = at + size;
    widest = Math.max(widest, size);
  }
  return { offsets, bytes: Math.ceil(end / widest) * widest };
}

export const planLayout = layoutOf(planFields);
export const layerLayout = layoutOf(layerFields);
export const ruleLayout = layoutOf(ruleFields);

/** Writes a record at `address`; every field must be given. Numbers are rounded to the type of their field. */
export function writeRecord(
  view: DataView,
  layout: Layout,
  address: number,
  values: Readonly<Record<string, number>>,
): void {
  for (const [name, { at, type }] of layout.offsets) {
    const value = values[name];
    if (value === undefined) throw new Error(`record: no value for ${name}`);
    if (type === "i32") view.setInt32(address + at, value, true);
    else if (type === "f32") view.setFloat32(address + at, value, true);
    else view.setFloat64(address + at, value, true);
  }
}
