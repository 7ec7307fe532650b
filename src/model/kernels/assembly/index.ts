// The exports of the module. It imports nothing but its memory.

import { Layer, Plan } from "./plan";
import { Rule } from "./updates";

export { activate, activateBackward } from "./activations";
export {
  backwardInput,
  backwardParameters,
  forward,
  pack,
  sigmoid,
  sigmoidBinaryCrossEntropy,
  softmax,
  softmaxCrossEntropy,
  softTargetCrossEntropy,
  unpack,
} from "./operations";
export { peak } from "./peak";
export { run } from "./step";
export { adamUpdate, scale, sgdUpdate } from "./updates";
export { waitWhile } from "./waiting";

export function planBytes(): i32 {
  return offsetof<Plan>();
}
export function layerBytes(): i32 {
  return offsetof<Layer>();
}
export function ruleBytes(): i32 {
  return offsetof<Rule>();
}
