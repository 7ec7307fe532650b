// A training under way as bytes: what is written, what is read back, and whose run it is.

import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { withoutFolders } from "../../src/artifact/spec.ts";
import { loadClassifier, saveClassifier } from "../../src/artifact.ts";
import {
  assertSameConfig,
  assertSameRun,
  type Checkpoint,
  identityOf,
  isWhole,
  loadCheckpoint,
  type RunIdentity,
  saveCheckpoint,
} from "../../src/checkpoint.ts";
import { resolveRunConfig } from "../../src/config.ts";
import { prepare, tableOf } from "../../src/prepare.ts";
import type { TrainState } from "../../src/train/state.ts";
import { close, editHeader, editSpec, type LooseJson, open } from "./container.ts";
import { exampleClassifier } from "./example.ts";

const config = withoutFolders(
  resolveRunConfig({ data: { label: "class", file: "/home/someone/flowers.csv" } }, [], "test"),
);
const digest = (letter: string) => letter.repeat(64);
const run: RunIdentity = {
  files: [digest("1")],
  ...{ rows: digest("a"), split: digest("b"), encoder: digest("c"), config },
};
const inside: TrainState = {
  epochs: 2,
  losses: Float64Array.of(0.5, 0.25, 1 / 3),
  parameters: Float32Array.of(-0, 1, 0.1),
  moments: [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)],
  best: { epoch: 1, score: -0.7, parameters: Float32Array.of(7, 8, 9) },
  history: { epochs: 2, width: 7, figures: Float64Array.from({ length: 14 }, (_, i) => i / 7) },
};
const first: TrainState = {
  epochs: 0,
  losses: new Float64Array(0),
  parameters: Float64Array.of(0.1, 0.2),
  moments: [Float64Array.of(1 / 3, 0)],
  best: null,
  history: { epochs: 0, width: 2, figures: new Float64Array(0) },
};
const oneEpoch: TrainState = {
  ...inside,
  ...{ epochs: 1, losses: Float64Array.of(0.5) },
  history: { epochs: 1, width: 7, figures: Float64Array.from({ length: 7 }, (_, i) => i / 7) },
};
const checkpoint: Checkpoint = { run, program: "1.2.3", state: inside };
const bytes = saveCheckpoint(checkpoint);

/** What is said of the file with its spec changed, behind a right checksum. */
function changed(edit: (spec: LooseJson) => void): string {
  const opened = open(bytes);
  try {
    loadCheckpoint(close(editSpec(opened, edit), opened.data), "c");
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
}

describe("a checkpoint", () => {
  test.each([
    ["inside an epoch, with a best one", inside],
    ["after one epoch and one step of the next", oneEpoch],
    ["before the first step, in float64, without validation", first],
  ])("%s is read as it was written, -0 included, and written as it was read", (_, state) => {
    const saved = saveCheckpoint({ ...checkpoint, state });
    const loaded = loadCheckpoint(saved);
    expect(loaded).toEqual({ run, program: "1.2.3", state });
    expect(saveCheckpoint(loaded)).toEqual(saved);
  });

  test("is whole with every byte, and is not without one", () => {
    expect(isWhole(bytes)).toBe(true);
    expect(isWhole(bytes.subarray(1))).toBe(false);
    expect(isWhole(Uint8Array.from(bytes).fill(bytes[40]! ^ 1, 40, 41))).toBe(false);
  });

  test("with a number that is not finite is not written", () => {
    const state = { ...inside, moments: [Float32Array.of(1, Number.NaN, 3), inside.moments[1]!] };
    expect(() => saveCheckpoint({ ...checkpoint, state })).toThrow(
      expect.objectContaining({
        code: "model_invalid",
        message: "the state to save: moment.1: expected finite numbers, got NaN",
      }),
    );
  });

  test("is no model, and a model is no checkpoint", () => {
    const model = saveClassifier(exampleClassifier());
    expect(() => loadCheckpoint(model, "c")).toThrow(
      expect.objectContaining({
        message: 'c: expected a pullone checkpoint, got a pullone file of kind "model"',
        hint: "a model is finished and cannot be trained further",
      }),
    );
    expect(() => loadCheckpoint(new TextEncoder().encode("{}"), "c")).toThrow(
      /^c: expected a pullone checkpoint/,
    );
  });

  test("a file of a kind to come is refused without a hint, a checkpoint as a model with one", () => {
    const opened = open(bytes);
    const other = close(
      editHeader(opened, (header) => (header.__metadata__.kind = "ensemble")),
      opened.data,
    );
    expect(() => loadCheckpoint(other, "c")).toThrow(
      expect.objectContaining({
        message: 'c: expected a pullone checkpoint, got a pullone file of kind "ensemble"',
        hint: undefined,
      }),
    );
    expect(() => loadClassifier(bytes, "m")).toThrow(
      expect.objectContaining({
        message: 'm: expected a pullone model, got a pullone file of kind "checkpoint"',
        hint: "a checkpoint is no model yet: pullone train … --resume finishes it",
      }),
    );
  });

  test.each<[string, (spec: LooseJson) => void]>([
    ["c: spec.best.epoch: expected at most 2, got 3", (spec) => (spec.best.epoch = 3)],
    ["c: spec.program: expected a program version, got", (spec) => (spec.program = "1 2")],
    ["c: spec.figures: expected 2 or 7 figures an epoch, got 3", (spec) => (spec.figures = 3)],
    ["c: spec.run.rows: expected 64 hexadecimal digits, got", (spec) => (spec.run.rows = digest("g"))],
    ["c: spec.run.files: expected a list of digests, got", (spec) => (spec.run.files = {})],
    [
      "c: spec.run.files: expected at most 3 files, got",
      (spec) => (spec.run.files = Array(4).fill(digest("1"))),
    ],
    ["c: spec.run.config", (spec) => (spec.run.config.seed = -1)],
    [
      "c: spec: expected the one way this format is written, got another",
      (spec) => (spec.run.config.data.file = "a/b.csv"),
    ],
    ["c: ", (spec) => (spec.moments = 1)],
    ["c: ", (spec) => (spec.moments = 3)],
    ["c: ", (spec) => (spec.epochs = 1_000_001)],
    ["c: ", (spec) => (spec.steps = 2)],
    ["c: ", (spec) => (spec.best = null)],
  ])("with a changed spec is refused: %s", (message, edit) => {
    expect(changed(edit).slice(0, message.length)).toBe(message);
  });
});

describe("whose run it is", () => {
  const hint = "go on with the words and the data it was made with, or begin anew with --force";
  const refusal = (what: string, expected: unknown, got: unknown) =>
    expect.objectContaining({
      ...{ code: "model_invalid", hint },
      message: `c: ${what}: expected ${expected}, as in the run that is asked for, got ${got}`,
    });

  test("the same run goes on, wherever its data stand and however many threads it has", () => {
    const elsewhere = { ...config, data: { ...config.data, file: "/other/flowers.csv" } };
    assertSameRun(checkpoint, { ...run, config: elsewhere });
    assertSameConfig(checkpoint, { ...elsewhere, train: { ...config.train, threads: 2 } }, "c");
  });

  test("another configuration is refused by its first key that differs", () => {
    const other = { ...config, train: { ...config.train, epochs: 7 } };
    expect(() => assertSameConfig(checkpoint, other, "c")).toThrow(
      refusal("train.epochs", 7, config.train.epochs),
    );
    const lists = { ...config, model: { ...config.model, hidden: [1, 2] } };
    expect(() => assertSameRun(checkpoint, { ...run, config: lists }, "c")).toThrow(
      "c: model.hidden: expected",
    );
    const { file: _, ...data } = config.data;
    expect(() => assertSameConfig(checkpoint, { ...config, data }, "c")).toThrow("c: data.file: expected");
  });

  test.each<[string, Partial<RunIdentity>, string, string]>([
    ["data file 1", { files: [digest("2")] }, "2", "1"],
    ["the rows", { rows: digest("2") }, "2", "a"],
    ["the split of the rows", { split: digest("2") }, "2", "b"],
    ["the encoding", { encoder: digest("2") }, "2", "c"],
  ])("another %s is refused by its digest", (what, other, expected, got) => {
    const words = (letter: string) => `"${letter.repeat(16)}"`;
    expect(() => assertSameRun(checkpoint, { ...run, ...other }, "c")).toThrow(
      refusal(`SHA-256 of ${what}`, words(expected), words(got)),
    );
  });

  test("a file more is refused", () => {
    expect(() => assertSameRun(checkpoint, { ...run, files: [digest("1"), digest("2")] })).toThrow(
      /^checkpoint: SHA-256 of data file 2: expected "2{16}", as in the run that is asked for, got/,
    );
  });

  test("is told by the rows, their parts, the encoding and the configuration, and by the files where there are any", () => {
    const records = Array.from({ length: 40 }, (_, i) => ({ x: i * 1.5, class: `k${i % 2}` }));
    const whose = (x: number, words: readonly string[] = []) => {
      const own = resolveRunConfig({ data: { label: "class" } }, words, "test");
      return identityOf(own, prepare(own, tableOf(records.with(0, { x, class: "k0" }), own)));
    };
    const base = whose(0.5);
    expect(base.files).toEqual([]);
    expect(whose(0.5)).toEqual(base);
    expect(base.config.train.threads).toBe("auto");
    const seeded = whose(0.5, ["seed=9"]);
    expect([seeded.split === base.split, seeded.config.seed]).toEqual([false, 9]);
    expect(whose(0.75).rows === base.rows && whose(0.75).encoder === base.encoder).toBe(false);
    const own = resolveRunConfig({ data: { label: "class" } }, [], "test");
    expect(identityOf(own, prepare(own, tableOf(records, own)), [digest("1")]).files).toEqual([digest("1")]);
  });

  test("is told by all row numbers in one text, in however many pieces they are digested", () => {
    const records = Array.from({ length: 40 }, (_, i) => ({ x: i * 1.5, class: `k${i % 2}` }));
    const own = resolveRunConfig({ data: { label: "class" } }, [], "test");
    const data = prepare(own, tableOf(records, own));
    const upTo = (count: number) => Int32Array.from({ length: count }, (_, i) => 2 * i);
    for (const count of [1, 4_096, 4_097, 10_000]) {
      const [train, validation] = [upTo(count), data.validation.rows];
      const text = [train, validation, upTo(0)].map((rows) => rows.join()).join(";");
      const { split } = identityOf(own, {
        ...data,
        train: { ...data.train, rows: train },
        test: { ...data.test, rows: upTo(0) },
      });
      expect(split).toBe(createHash("sha256").update(text).digest("hex"));
    }
  });
});
