// Which runs an experiment is made of.
import { expect, test } from "vitest";
import { PulloneError } from "../../src/errors.ts";
import { parseExperiment, resolveVariants } from "../../src/experiment/document.ts";
import { foldNames, planRuns } from "../../src/experiment/plan.ts";
import { prepare, tableOf } from "../../src/prepare.ts";

const base = { data: { label: "y" }, split: { validation: 0.2 }, model: { hidden: [2] } };

function planOf(more: object, run: object = base, names: readonly string[] = []) {
  const text = JSON.stringify({ base: "run.jsonc", variants: { a: {}, b: { "model.hidden": [] } }, ...more });
  const document = parseExperiment(text, [], "e.jsonc");
  const variants = resolveVariants(document, run, "run.jsonc");
  return planRuns(document, { variants, data: ["00"], version: "1.2.3", foldNames: names });
}

function complaint(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof PulloneError) return [error.code, error.message, error.hint].join(" | ");
  }
  return "no complaint";
}

test("variants × repeats × folds × seeds, each with its own name and fingerprint", () => {
  const runs = planOf({ seeds: [3, 9], folds: { folds: 2, repeats: 2 } });
  expect(runs.map(({ id }) => id).slice(0, 9)).toEqual([
    ...["a-s3-r1-f1", "a-s9-r1-f1", "a-s3-r1-f2", "a-s9-r1-f2"],
    ...["a-s3-r2-f1", "a-s9-r2-f1", "a-s3-r2-f2", "a-s9-r2-f2"],
    "b-s3-r1-f1",
  ]);
  expect(new Set(runs.map(({ id }) => id)).size).toBe(16);
  expect(new Set(runs.map(({ fingerprint }) => fingerprint)).size).toBe(16);
  expect(runs[6]!.config).toMatchObject({
    seed: 3,
    split: { kind: "folds", folds: 2, fold: 2, validation: 0.2, foldSeed: 2 },
    train: { threads: 1 },
  });
});

test("a run keeps its fingerprint when seeds and variants are added, and where the data lies does not matter", () => {
  const few = planOf({ seeds: 1 });
  const many = planOf(
    { seeds: 3, metrics: ["brier"], jobs: 3 },
    { ...base, data: { label: "y", file: "elsewhere.csv" } },
  );
  const later = new Map(many.map(({ id, fingerprint }) => [id, fingerprint]));
  for (const { id, fingerprint } of few) expect(later.get(id)).toBe(fingerprint);
});

test("every seed and variant of a fold is judged on the same rows, which are each judged once a repeat", () => {
  const records = Array.from({ length: 30 }, (_, i) => ({ x: i, z: i % 7, y: i % 3 === 0 ? "a" : "b" }));
  const table = tableOf(records);
  const runs = planOf({ seeds: 2, folds: { folds: 3, repeats: 2 } });
  const rowsOf = new Map<string, string>();
  const judged = new Map<string, number>();
  for (const { repeat, fold, variant, seed, config } of runs) {
    const { test, validation, train } = prepare(config, table);
    const place = `${repeat} ${fold}`;
    const rows = [test, validation, train].map((part) => part.rows.join()).join(";");
    expect(rowsOf.get(place) ?? rows).toBe(rows);
    rowsOf.set(place, rows);
    expect(validation.rows.length).toBeGreaterThan(0);
    if (variant === "a" && seed === 1)
      for (const row of test.rows) judged.set(`${repeat} ${row}`, (judged.get(`${repeat} ${row}`) ?? 0) + 1);
  }
  expect([...judged.values()]).toEqual(Array.from({ length: 60 }, () => 1));
  expect(rowsOf.get("1 1")).not.toBe(rowsOf.get("2 1"));
});

test("a fold column gives each of its values one fold, numbers by size", () => {
  const records = Array.from({ length: 24 }, (_, i) => ({
    x: i,
    part: [2, 10, 9][i % 3]!,
    y: i % 2 === 0 ? "a" : "b",
  }));
  const table = tableOf(records);
  const names = foldNames(table, "part", []);
  expect(names).toEqual(["2", "9", "10"]);
  const [, second] = planOf({ folds: { kind: "column", column: "part" } }, base, names);
  expect(second!.config.split).toEqual({
    kind: "column",
    column: "part",
    validation: [],
    test: ["9"],
    validationShare: 0.2,
  });
  const { test: judging, validation, train } = prepare(second!.config, table);
  expect(Array.from(judging.rows, (row) => row % 3)).toEqual(Array.from({ length: 8 }, () => 2));
  expect(train.rows.length + validation.rows.length).toBe(16);
  expect(validation.rows.length).toBe(3);
});

test("without early stopping all rows beside the fold train", () => {
  const [run] = planOf({}, { ...base, train: { earlyStopping: null } });
  expect(run!.config.split).toMatchObject({ validation: 0 });
});

test.each<[string, () => unknown, string]>([
  [
    "a grid beyond the limit, with its product",
    () => planOf({ seeds: 101, folds: { folds: 10, repeats: 5 } }),
    "config_invalid | e.jsonc:1:1: expected at most 10000 runs, got 2 variants × 101 seeds × 50 folds = 10100 | fewer seeds, repeats or variants",
  ],
  [
    "early stopping on a base that says nothing of a share",
    () => planOf({}, { ...base, split: { kind: "column", column: "p", validation: ["v"], test: ["t"] } }),
    'config_invalid | e.jsonc:1:37 variants.a, split.validation: expected the share of the rows that chooses the epoch, got a split of kind "column" without one | give the base a split with a share, or set train.earlyStopping to null',
  ],
  [
    "a row without a fold",
    () => foldNames(tableOf([{ p: "1" }, { p: null }, { p: "2" }]), "p", []),
    'data_invalid | records, column "p": expected a fold in every row, got a missing one | ',
  ],
  [
    "a fold column with one value",
    () => foldNames(tableOf([{ p: "1" }, { p: "1" }]), "p", []),
    'data_invalid | records, column "p": expected 2 to 1000 folds, got 1 | ',
  ],
])("refused: %s", (_, action, message) => {
  expect(complaint(action)).toBe(message);
});
