// A network in words: its layers and how many numbers it has learnt.

import { type NetworkShape, parameterCount } from "../model/network.ts";
import { counted, grouped } from "./text.ts";

/** "30 inputs → 32 relu → 2 softmax: 1,058 weights and biases". */
export function layersLine(shape: NetworkShape): string {
  const layers = [
    counted(shape.inputs, "input"),
    ...shape.hidden.map(({ units, activation }) => `${units} ${activation.kind}`),
    shape.head === "sigmoid" ? "1 sigmoid" : `${shape.classes} softmax`,
  ];
  return `${layers.join(" → ")}: ${grouped(parameterCount(shape))} weights and biases`;
}
