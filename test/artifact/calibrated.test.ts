import { describe, expect, test } from "vitest";
import { loadClassifier, saveClassifier } from "../../src/artifact.ts";
import { type Classifier, predictEncoded } from "../../src/classifier.ts";
import { PulloneError } from "../../src/errors.ts";
import type { Calibration } from "../../src/train/calibration.ts";
import { close, editSpec, type LooseJson, open } from "./container.ts";
import { exampleClassifier } from "./example.ts";

const calibrations: readonly (readonly [string, Classifier, Calibration])[] = [
  ["a temperature", exampleClassifier(), { method: "temperature", temperature: 1.7000000000000002 }],
  [
    "scales and biases",
    exampleClassifier(),
    { method: "vector", scales: [0.5, 1.25], biases: [-0.1, 1e-17] },
  ],
  [
    "a scale and a bias of a sigmoid node",
    exampleClassifier({ head: "sigmoid" }),
    { method: "vector", scales: [2], biases: [0.5] },
  ],
];

describe.each(calibrations)("a model with %s", (_, trained, calibration) => {
  const classifier = { ...trained, calibration };
  const bytes = saveClassifier(classifier);

  test("is loaded as it was, and the same bytes when saved again", () => {
    const loaded = loadClassifier(bytes);
    expect(loaded.calibration).toEqual(calibration);
    expect(saveClassifier(loaded)).toStrictEqual(bytes);
  });

  test("has the tensors and the golden rows of the network as it was trained", () => {
    const { calibration: _calibration, ...plain } = loadClassifier(bytes);
    expect(saveClassifier(plain)).toStrictEqual(saveClassifier(trained));
  });
});

test("calibrated logits are what the probabilities come from, in float64", () => {
  const trained = exampleClassifier();
  const features = { rows: trained.golden.rows, columns: 1, values: trained.golden.inputs };
  const raw = predictEncoded(trained, features);
  const warm = predictEncoded(
    { ...trained, calibration: { method: "temperature", temperature: 2 } },
    features,
  );
  expect(Array.from(warm.logits)).toEqual(Array.from(raw.logits, (z) => z / 2));
  expect(warm.probabilities).toBeInstanceOf(Float64Array);
  for (let r = 0; r < warm.rows; r++) {
    const [z0, z1] = [warm.logits[2 * r]!, warm.logits[2 * r + 1]!];
    expect(warm.probabilities[2 * r + 1]!).toBeCloseTo(1 / (1 + Math.exp(z0 - z1)), 14);
  }
  expect(warm.classes).toEqual(raw.classes);
});

describe("a calibration that cannot be is refused, behind a mended checksum", () => {
  const [[, , temperature], [, , vector]] = [calibrations[0]!, calibrations[1]!];
  const opened = (calibration: Calibration) => open(saveClassifier({ ...exampleClassifier(), calibration }));
  const verdict = (calibration: Calibration, edit: (calibration: LooseJson) => void) => {
    const from = opened(calibration);
    try {
      loadClassifier(
        close(
          editSpec(from, (spec) => edit(spec.calibration)),
          from.data,
        ),
        "m",
      );
    } catch (error) {
      if (error instanceof PulloneError && error.code === "model_invalid") return error.message;
      throw error;
    }
    return "accepted";
  };
  test.each<[string, Calibration, (calibration: LooseJson) => void, RegExp]>([
    ["nothing changed", temperature, () => {}, /^accepted$/],
    [
      "a temperature of 0",
      temperature,
      (c) => (c.temperature = 0),
      /^m: spec\.calibration\.temperature: expected a number above 0, got 0$/,
    ],
    ["a negative one", temperature, (c) => (c.temperature = -1), /a number above 0, got -1$/],
    ["a text", temperature, (c) => (c.temperature = "1"), /calibration\.temperature: expected a number/],
    ["another method", temperature, (c) => (c.method = "isotonic"), /calibration/],
    ["a key of the other method", temperature, (c) => (c.scales = [1, 1]), /calibration/],
    ["one more key", temperature, (c) => (c.rows = 3), /calibration/],
    [
      "a scale too few",
      vector,
      (c) => c.scales.pop(),
      /^m: spec\.calibration\.scales: expected 2, one a logit, got 1$/,
    ],
    [
      "a bias too many",
      vector,
      (c) => c.biases.push(0),
      /^m: spec\.calibration\.biases: expected 2, one a logit, got 3$/,
    ],
    ["no biases", vector, (c) => delete c.biases, /calibration/],
  ])("%s", (_, calibration, edit, message) => {
    expect(verdict(calibration, edit)).toMatch(message);
  });

  test("an infinite temperature is not saved", () => {
    const calibration = { method: "temperature", temperature: Infinity } as const;
    expect(() => saveClassifier({ ...exampleClassifier(), calibration })).toThrow(
      "the classifier to save: spec.calibration.temperature: expected a finite number, got Infinity",
    );
  });
});
