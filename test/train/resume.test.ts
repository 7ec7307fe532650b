// A training that was stopped and went on: the same bits as one that was not, whatever it is and wherever it stopped.
import { describe, expect, test } from "vitest";
import { saveClassifier } from "../../src/artifact.ts";
import { evaluateParts } from "../../src/baselines.ts";
import { identityOf, loadCheckpoint, saveCheckpoint } from "../../src/checkpoint.ts";
import { resolveRunConfig } from "../../src/config.ts";
import { type FitOptions, type Fitted, fitInSlices } from "../../src/fitting.ts";
import { hex, sha256 } from "../../src/hash.ts";
import { complete } from "../../src/model/kernels/operations.ts";
import { prepare, tableOf } from "../../src/prepare.ts";
import { randomStream } from "../../src/random.ts";
import type { Pause } from "../../src/train/state.ts";
import { tally } from "../faults/tally.ts";

type Settings = Readonly<Record<string, unknown>>;

/** 34 rows of noise around two or three centres: 20 train, 7 validate, 7 judge. */
function runOf(settings: Settings, classes = 3) {
  const random = randomStream(5, "check");
  const records = Array.from({ length: 34 }, (_, i) => {
    const k = i % classes;
    return { x: k + random(), y: k * random(), colour: random() < 0.5 ? "red" : "blue", label: `c${k}` };
  });
  const words = Object.entries(settings).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const base = { data: { label: "label" }, model: { hidden: [5] }, train: { epochs: 4, batchSize: 7 } };
  const config = resolveRunConfig(base, words, "test");
  return { config, data: prepare(config, tableOf(records, config)) };
}

type Run = ReturnType<typeof runOf>;

function fitting({ config, data }: Run, options: FitOptions = {}): Generator<Pause, Fitted> {
  return fitInSlices(config, data, options);
}

/** All that a run leaves: the bytes of the model, and the figures of every epoch. */
function left({ classifier, history }: Fitted) {
  return { model: saveClassifier(classifier), figures: history.figures.slice() };
}

/** The bytes of a checkpoint at every pause, a pause after each step. */
function checkpoints(run: Run, options: FitOptions = {}): { bytes: Uint8Array[]; fitted: Fitted } {
  const identity = identityOf(run.config, run.data);
  const pauses = fitting(run, { ...options, stepsBetweenPauses: 1 });
  const bytes: Uint8Array[] = [];
  for (;;) {
    const { done, value } = pauses.next();
    if (done) return { bytes, fitted: value };
    bytes.push(saveCheckpoint({ run: identity, program: "1.2.3", state: value.state() }));
  }
}

test("the split of a long table is digested in pieces, to the digest of the whole", () => {
  const { config, data } = runOf({});
  const numbers = (count: number, step: number) => Int32Array.from({ length: count }, (_, i) => step * i);
  const rows = { train: numbers(9_000, 3), validation: numbers(4_096, 7), test: new Int32Array(0) };
  const long = {
    ...data,
    train: { ...data.train, rows: rows.train },
    validation: { ...data.validation, rows: rows.validation },
    test: { ...data.test, rows: rows.test },
  };
  const text = Object.values(rows)
    .map((of) => of.join())
    .join(";");
  expect(identityOf(config, long).split).toBe(hex(sha256(new TextEncoder().encode(text))));
});

const cases: readonly (readonly [what: string, settings: Settings, classes?: number])[] = [
  ["momentum, in float32 and SIMD", {}],
  ["plain descent", { "train.momentum": 0 }],
  [
    "nesterov with decay and clipping",
    { "train.nesterov": true, "train.weightDecay": 0.01, "train.clipNorm": 0.5 },
  ],
  ["adam", { "train.optimizer": "adam", "train.learningRate": 0.01 }],
  ["adamw with decay", { "train.optimizer": "adamw", "train.learningRate": 0.01, "train.weightDecay": 0.1 }],
  ["adam clipped", { "train.optimizer": "adam", "train.clipNorm": 0.1 }],
  ["momentum in float64", { "train.precision": "float64" }],
  ["adam in float64", { "train.precision": "float64", "train.optimizer": "adam" }],
  ["a sigmoid head", { "model.head": "sigmoid" }, 2],
  [
    "a sigmoid head in float64, with smoothing",
    { "model.head": "sigmoid", "train.labelSmoothing": 0.1, "train.precision": "float64" },
    2,
  ],
  ["no hidden layer, balanced classes", { "model.hidden": [], "train.classWeights": "balanced" }],
  [
    "a step schedule with warm-up",
    { "train.schedule": { kind: "step", every: 2, factor: 0.3, warmup: 1.5 } },
  ],
  [
    "early stopping that stops",
    { "train.epochs": 40, "train.learningRate": 0.5, "train.earlyStopping.patience": 2 },
  ],
  ["no early stopping", { "train.earlyStopping": null }],
  ["no validation rows", { "train.earlyStopping": null, "split.validation": 0 }],
  ["one minibatch an epoch", { "train.batchSize": 64 }],
  ["a minibatch of one row", { "train.batchSize": 1, "train.epochs": 2 }],
];

describe("stopped after any step, written, read and gone on with, a run leaves the same bytes", () => {
  test.each(cases.map(([what, settings, classes = 3]) => ({ what, settings, classes })))(
    "$what",
    ({ settings, classes }) => {
      const run = runOf(settings, classes);
      const whole = left(complete(fitting(run)));
      const { bytes, fitted } = checkpoints(run);
      expect(left(fitted)).toEqual(whole);
      for (const file of bytes) {
        const from = loadCheckpoint(file).state;
        expect(left(complete(fitting(run, { from })))).toEqual(whole);
      }
    },
  );

  test("stopped again and again, at every pause", (context) => {
    const run = runOf({ "train.optimizer": "adam" });
    const whole = left(complete(fitting(run)));
    let file: Uint8Array | undefined;
    for (let stops = 0; ; stops++) {
      const pauses = fitting(run, { stepsBetweenPauses: 1, from: file && loadCheckpoint(file).state });
      const { done, value } = pauses.next();
      if (done) throw new Error("no pause");
      const state = value.state();
      file = saveCheckpoint({ run: identityOf(run.config, run.data), program: "1", state });
      pauses.return(undefined as never);
      if (state.epochs < 4) continue;
      expect(left(complete(fitting(run, { from: loadCheckpoint(file).state })))).toEqual(whole);
      tally(context, stops);
      expect(stops).toBeGreaterThan(8);
      return;
    }
  });
});

describe("the state of a pause", () => {
  test("keeps every bit, the sign of a zero included", () => {
    const run = runOf({ "model.activation": "relu", "model.hidden": [9] });
    const pauses = fitting(run, { stepsBetweenPauses: 2 });
    pauses.next();
    const state = (pauses.next().value as Pause).state();
    const moment = state.moments[0] as Float32Array;
    moment[3] = -0;
    const frame = { run: identityOf(run.config, run.data), program: "1" };
    const read = loadCheckpoint(saveCheckpoint({ ...frame, state })).state;
    expect(read).toEqual(state);
    expect(Object.is(read.moments[0]![3], -0)).toBe(true);
  });

  test("is that of the last step when training is over: going on does no step more", () => {
    const run = runOf({ "train.epochs": 40, "train.learningRate": 0.5, "train.earlyStopping.patience": 2 });
    const { bytes, fitted } = checkpoints(run);
    const from = loadCheckpoint(bytes.at(-1)!).state;
    expect(from.epochs).toBe(fitted.classifier.record.epochs);
    const reports = [...fitting(run, { from })].filter(({ report }) => report !== null);
    expect(reports).toEqual([]);
  });

  test("of another network, optimiser or length is refused in words", () => {
    const { bytes } = checkpoints(runOf({}));
    const from = loadCheckpoint(bytes[4]!).state;
    const going = (settings: Settings) => () => complete(fitting(runOf(settings), { from }));
    expect(going({ "model.hidden": [6] })).toThrow(
      /^state: parameters: expected \d+ of float32, got others$/,
    );
    expect(going({ "train.precision": "float64" })).toThrow("state: parameters");
    expect(going({ "train.optimizer": "adam" })).toThrow("state: moments: expected 2, got others");
    expect(going({ "train.epochs": 1 })).not.toThrow();
    expect(going({ "train.earlyStopping": null })).toThrow("state: best: expected no best epoch, got others");
    expect(going({ "train.batchSize": 64 })).toThrow("state: losses: expected at most 1, got others");
  });
});

test("the reports that come with a fit are those of its rows evaluated again, and the record is their few numbers", () => {
  const run = runOf({});
  const { classifier, reports } = complete(fitting(run));
  const { train, validation } = evaluateParts(classifier, run.data);
  expect(reports).toEqual({ train, validation });
  for (const [part, metrics] of Object.entries(classifier.record.metrics)) {
    expect(reports[part as keyof typeof reports]).toMatchObject(metrics!);
  }
  expect(classifier.record.metrics.train.rows).toBe(run.data.train.labels.length);
});
