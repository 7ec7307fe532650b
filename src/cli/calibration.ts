// A calibration in words, for calibrate and inspect.

import type { Classifier } from "../classifier.ts";
import type { Calibration } from "../train/calibration.ts";
import { aligned, compact, shown } from "./text.ts";

/** What the logits are called: the classes, of a sigmoid node the second. */
export function logitNames({ network, labels }: Classifier): readonly string[] {
  return network.shape.head === "sigmoid" ? labels.classes.slice(1) : labels.classes;
}

/** One line for a temperature, a table for scales and biases. */
export function calibrationLines(calibration: Calibration, names: readonly string[]): string[] {
  if (calibration.method === "temperature") {
    const { temperature } = calibration;
    const meaning =
      temperature > 1
        ? "the model was too sure of itself"
        : temperature < 1
          ? "the model was not sure enough"
          : "nothing to change";
    return [`temperature ${compact(temperature)}: ${meaning}; no predicted class changes`];
  }
  const { scales, biases } = calibration;
  return [
    "vector scaling: each logit has a scale and a bias",
    ...aligned(
      [
        ["", "scale", "bias"],
        ...names.map((name, k) => [shown(name, 32), compact(scales[k]!), compact(biases[k]!)]),
      ],
      ["left", "right", "right"],
    ),
  ];
}
