import { describe, expect, test } from "vitest";
import { checkRun } from "../src/check.ts";
import { type RunConfig, resolveRunConfig } from "../src/config.ts";
import { type Cell, tableOf } from "../src/prepare.ts";

type Records = readonly Readonly<Record<string, Cell>>[];

/** Noisy rows of three classes, none of whose columns is enough. */
const honest: Records = Array.from({ length: 200 }, (_, i) => {
  const [x, y] = [((37 * i) % 101) / 25 - 2, ((61 * i) % 103) / 25 - 2];
  const color = ["red", "green", "blue", "grey"][(i * 7) % 4]!;
  const score = x + y + (((i * 7919) % 97) / 97 - 0.5) * 2;
  return { x, y, color, class: score > 0.8 ? "high" : score < -0.8 ? "low" : "middle" };
});

const configOf = (more: object = {}): RunConfig =>
  resolveRunConfig(
    { data: { label: "class" }, model: { hidden: [5] }, train: { epochs: 3 }, ...more },
    [],
    "test",
  );

function check(records: Records, more: object = {}) {
  const config = configOf(more);
  const checks = checkRun(config, tableOf(records, config));
  return new Map(checks.map((one) => [one.name, one]));
}

const everything = [
  "gradients",
  "p − y sums to zero",
  "knowing nothing is ln K",
  "one step against two",
  "duplicates",
  "labels",
  "identifiers",
  "leaks",
  "no trace of test rows",
];

describe("an honest run passes every check", () => {
  const two = honest.map((record) => ({ ...record, class: record.class === "low" ? "low" : "other" }));
  const mixed = ["relu", "elu", "leaky_relu"];
  test.each<[string, Records, object]>([
    ["softmax, float32", honest, {}],
    ["softmax, float64", honest, { train: { epochs: 2, precision: "float64" } }],
    ["sigmoid", two, { model: { head: "sigmoid", hidden: [4] } }],
    ["no hidden layer", honest, { model: { hidden: [] } }],
    ["kinks", honest, { model: { hidden: [6, 5, 4], activation: mixed } }],
    ["a head of zeros", honest, { model: { hidden: [5], headInit: "zeros" } }],
    [
      "class weights and smoothing",
      honest,
      { train: { epochs: 2, classWeights: "balanced", labelSmoothing: 0.1 } },
    ],
    ["folds", honest, { split: { kind: "folds", folds: 4, fold: 2, validation: 0.1 } }],
    [
      "no validation rows",
      honest,
      { split: { kind: "stratified", validation: 0, test: 0.3 }, train: { epochs: 2, earlyStopping: null } },
    ],
  ])("%s", (_, records, more) => {
    const checks = check(records, more);
    expect([...checks.keys()]).toEqual(everything);
    for (const { name, status, found } of checks.values())
      expect([name, status, found]).toEqual([name, "ok", found]);
    expect(checks.get("gradients")!.figures.worst).toBeLessThan(1e-6);
  });

  test("a column says which rows are for test: then even the labels of the test rows are rewritten", () => {
    const parted = honest.map((record, i) => ({
      ...record,
      part: ["train", "train", "valid", "test"][(i * 3) % 4]!,
    }));
    const split = { kind: "column", column: "part", validation: ["valid"], test: ["test"] };
    const trace = check(parted, { split }).get("no trace of test rows")!;
    expect(trace).toMatchObject({ status: "ok", figures: { rows: 50, cells: 50 * 4 } });
  });
});

describe("a run that would fool you fails", () => {
  test("a column that alone predicts the label", () => {
    const leaking = honest.map((record) => ({
      ...record,
      outcome: { low: 1, middle: 2, high: 3 }[record.class as "low"]!,
    }));
    const leak = check(leaking).get("leaks")!;
    expect(leak).toMatchObject({ status: "failed", figures: { column: "outcome", alone: 1 } });
    expect(leak.found).toMatch(
      /^best column alone: "outcome" with 100\.0 % balanced accuracy, the best of the others \d\d\.\d %$/,
    );
  });

  test("the label in other words, twice: the rest is far below both", () => {
    const words = { low: "L", middle: "M", high: "H" };
    const leaking = honest.map((record) => ({
      ...record,
      code: words[record.class as "low"],
      mark: words[record.class as "low"].toLowerCase(),
    }));
    expect(check(leaking).get("leaks")!.found).toContain('"code", "mark" with 100.0 %');
    expect(check(leaking).get("leaks")!.status).toBe("failed");
  });

  test("one strong column among strong ones is only worth a look", () => {
    const strong = honest.map((record, i) => {
      const code = { low: 1, middle: 2, high: 3 }[record.class as "low"]!;
      return { ...record, outcome: code, almost: i % 12 === 0 ? (code % 3) + 1 : code };
    });
    expect(check(strong).get("leaks")!.status).toBe("note");
  });

  test("test rows that are copies of training rows", () => {
    const copied = [...honest, ...honest];
    const duplicates = check(copied).get("duplicates")!;
    expect(duplicates.status).toBe("failed");
    expect(duplicates.found).toMatch(
      /^\d+ of 80 test rows are copies of rows that trained or chose the epoch$/,
    );
  });

  test("equal rows of different classes", () => {
    const torn = [
      ...honest,
      ...honest.slice(0, 60).map((record) => ({ ...record, class: record.class === "low" ? "high" : "low" })),
    ];
    expect(check(torn).get("labels")).toMatchObject({
      status: "failed",
      found: "120 of 260 rows are equal in every feature but not in their class",
    });
  });

  test("a counter of the rows that was declared a measurement; left aside it is none", () => {
    const numbered = honest.map((record, id) => ({ id, ...record }));
    const declared = { data: { label: "class", columns: { id: { kind: "numeric" } } } };
    expect(check(numbered, declared).get("identifiers")).toMatchObject({
      status: "failed",
      found: 'used as features: "id"',
    });
    expect(check(numbered).get("identifiers")).toMatchObject({ status: "ok", found: 'left aside: "id"' });
  });

  test("without test rows there is nothing to prove of them", () => {
    const checks = check(honest, { split: { kind: "stratified", validation: 0.2, test: 0 } });
    expect(checks.get("no trace of test rows")).toMatchObject({
      status: "note",
      found: "there are no test rows",
    });
  });
});

test("the two-step formula parts from the loss, and the figures say where", () => {
  const { figures, found } = check(honest).get("one step against two")!;
  expect(figures.gap).toBeGreaterThanOrEqual(100);
  expect(Number.isFinite(figures.fused)).toBe(true);
  expect(["NaN", "Infinity"]).toContain(figures.twoSteps);
  expect(found).toMatch(/^the same within \S+ up to a gap of 10 between logits; they part at a gap of \d+: /);
});

test("of a large network some parameters of every layer are drawn, the same ones each time", () => {
  const more = { model: { hidden: [40] } };
  const [first, second] = [check(honest, more), check(honest, more)];
  expect(first.get("gradients")).toEqual(second.get("gradients"));
  expect(first.get("gradients")!.figures).toMatchObject({ parameters: 443 });
  expect(first.get("gradients")!.found).toMatch(/^\d+ of 443 against central differences on 32 rows/);
});
