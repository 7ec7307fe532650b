import { describe, expect, test } from "vitest";
import { verdictSentence } from "../../src/cli/comparison.ts";
import { randomStream } from "../../src/random.ts";
import { inClassOrder, type ScoredRows } from "../../src/scored.ts";
import { type Comparison, compareScored } from "../../src/train/comparison.ts";

/** N rows of two classes, and what a model says that adds noise of a size to the truth. */
function scored(N: number, noise: number, purpose: number): ScoredRows {
  const random = randomStream(purpose, "golden", N);
  const labels = Int32Array.from({ length: N }, (_, r) => r % 2);
  const p = Float64Array.from(labels, (label) => {
    const logit = (label - 0.5) * 3 + noise * (random() + random() + random() - 1.5);
    return 1 / (1 + Math.exp(-logit));
  });
  return {
    classes: ["no", "yes"],
    labels,
    predicted: Int32Array.from(p, (value) => (value > 0.5 ? 1 : 0)),
    probabilities: Float64Array.from({ length: 2 * N }, (_, i) =>
      i % 2 === 1 ? p[i >> 1]! : 1 - p[i >> 1]!,
    ),
    losses: Float64Array.from(p, (value, r) => -Math.log(labels[r] === 1 ? value : 1 - value)),
  };
}

describe("compareScored", () => {
  const good = scored(200, 2, 1);
  const bad = scored(200, 6, 2);

  test("finds the better one, and says so with every test", () => {
    const { verdict, logLoss, accuracy, rocAuc } = compareScored(good, bad, 1);
    expect(verdict).toEqual({
      better: "a",
      contradicts: false,
      identical: false,
      tooFew: false,
      rowsNeeded: null,
    });
    expect(logLoss.interval!.upper).toBeLessThan(0);
    expect(logLoss.p).toBeLessThan(0.01);
    expect(accuracy.p).toBeLessThan(0.01);
    expect(rocAuc!.p).toBeLessThan(0.01);
  });

  test("turned around says the same with the signs turned", () => {
    const there = compareScored(good, bad, 1);
    const back = compareScored(bad, good, 1);
    expect(back.verdict.better).toBe("b");
    expect(back.logLoss.difference).toBeCloseTo(-there.logLoss.difference, 14);
    expect(back.logLoss.interval!.lower).toBeCloseTo(-there.logLoss.interval!.upper, 14);
    expect(back.accuracy.p).toBe(there.accuracy.p);
    expect(back.rocAuc!.interval!.lower).toBeCloseTo(-there.rocAuc!.interval!.upper, 14);
  });

  test("says nothing of fewer than 30 rows, however far apart", () => {
    const few = compareScored(scored(28, 2, 1), scored(28, 20, 2), 1);
    expect(few.logLoss.p).toBeLessThan(0.05);
    expect(few.verdict).toMatchObject({ better: null, tooFew: true, rowsNeeded: null });
    expect(compareScored(scored(30, 2, 1), scored(30, 20, 2), 1).verdict).toMatchObject({
      better: "a",
      tooFew: false,
    });
  });

  test("cannot tell two of one quality apart, and the rows it names would be enough: they tell a difference that stays", () => {
    const few = compareScored(scored(40, 3, 1), scored(40, 3.6, 2), 1);
    expect(few.verdict.better).toBeNull();
    const needed = few.verdict.rowsNeeded!;
    expect(needed).toBeGreaterThan(80);
    const copies = Math.ceil(needed / 40);
    const repeated = (rows: ScoredRows): ScoredRows => ({
      classes: rows.classes,
      labels: Int32Array.from({ length: 40 * copies }, (_, i) => rows.labels[i % 40]!),
      predicted: Int32Array.from({ length: 40 * copies }, (_, i) => rows.predicted[i % 40]!),
      probabilities: Float64Array.from({ length: 80 * copies }, (_, i) => rows.probabilities[i % 80]!),
      losses: Float64Array.from({ length: 40 * copies }, (_, i) => rows.losses[i % 40]!),
    });
    const many = compareScored(repeated(scored(40, 3, 1)), repeated(scored(40, 3.6, 2)), 1);
    expect(many.verdict.better).not.toBeNull();
  });

  test("of a model with itself is no difference, without a p-value of the log loss", () => {
    const { verdict, logLoss, accuracy, rocAuc } = compareScored(good, good, 1);
    expect(verdict).toEqual({
      better: null,
      contradicts: false,
      identical: true,
      tooFew: false,
      rowsNeeded: null,
    });
    expect(logLoss).toMatchObject({ difference: 0, interval: null, p: null });
    expect(accuracy).toMatchObject({ difference: 0, p: 1 });
    expect(rocAuc).toMatchObject({ difference: 0, interval: null, p: null });
  });

  test("the interval of 6 against 1 rows of 114 equals Bonett and Price in numpy within 1e-14", () => {
    const rows = scored(114, 0, 1);
    const wrongOn = (wrong: (r: number) => boolean): ScoredRows => ({
      ...rows,
      predicted: rows.labels.map((label, r) => (wrong(r) ? 1 - label : label)),
    });
    const { accuracy } = compareScored(
      wrongOn((r) => r === 0),
      wrongOn((r) => r >= 1 && r <= 6),
      1,
    );
    expect(accuracy.mcnemar).toMatchObject({ b: 6, c: 1 });
    expect(accuracy.interval!.lower).toBeCloseTo(-0.006974692788090611, 14);
    expect(accuracy.interval!.upper).toBeCloseTo(0.09318158933981475, 14);
  });

  test("says when the log loss and the accuracy point apart, and gives the victory to neither", () => {
    const rows = scored(100, 0, 1);
    const a = { ...rows, losses: new Float64Array(100).map((_, r) => 0.3 + (r % 7) / 100) };
    const b = {
      ...rows,
      losses: new Float64Array(100).map((_, r) => 0.2 + (r % 5) / 100),
      probabilities: Float64Array.from(rows.probabilities, (p) => 0.9 * p + 0.05),
      predicted: rows.labels.map((label, r) => (r < 10 ? 1 - label : label)),
    };
    const { verdict } = compareScored(a, b, 1);
    expect(verdict).toMatchObject({ better: null, contradicts: true });
    expect(verdictSentence(compareScored(a, b, 1))).toBe(
      "Cannot tell: B has the lower log loss, by 0.1095, but A is right on 10.0 % more of the rows, and neither is luck.",
    );
  });
});

describe("the closing sentence", () => {
  const comparison = (difference: number, verdict: Partial<Comparison["verdict"]>) =>
    ({
      rows: 114,
      logLoss: { difference },
      verdict: {
        better: null,
        contradicts: false,
        identical: false,
        tooFew: false,
        rowsNeeded: null,
        ...verdict,
      },
    }) as Comparison;

  test.each([
    [
      -0.022,
      { better: "a" },
      "A is better: its log loss is lower by 0.0220, which on 114 rows is hardly luck.",
    ],
    [
      0.022,
      { better: "b" },
      "B is better: its log loss is lower by 0.0220, which on 114 rows is hardly luck.",
    ],
    [
      -0.0105,
      { rowsNeeded: 1234 },
      "Cannot tell: on 114 rows a difference of 0.0105 in log loss may be luck; about 1,300 rows would be needed to tell.",
    ],
    [
      0.0001,
      { rowsNeeded: 5_000_000 },
      "Cannot tell: on 114 rows a difference of 0.0001 in log loss may be luck; more than a million rows would be needed to tell.",
    ],
    [0, {}, "Cannot tell: on 114 rows a difference of 0.0000 in log loss may be luck."],
    [
      -0.5,
      { tooFew: true },
      "Cannot tell: 114 rows are too few to compare two models; at least 30 are needed.",
    ],
    [0, { identical: true }, "A and B say the same of every row."],
  ] as const)("for %d and %o", (difference, verdict, sentence) => {
    expect(verdictSentence(comparison(difference, verdict))).toBe(sentence);
  });
});

describe("inClassOrder", () => {
  test("names the same rows by another order of the classes, and back is as before", () => {
    const rows: ScoredRows = {
      classes: ["a", "b", "c"],
      labels: Int32Array.of(2, 0),
      predicted: Int32Array.of(1, 0),
      probabilities: Float64Array.of(0.1, 0.6, 0.3, 0.8, 0.15, 0.05),
      losses: Float64Array.of(1.2, 0.22),
    };
    const turned = inClassOrder(rows, ["c", "a", "b"]);
    expect(turned).toEqual({
      ...rows,
      classes: ["c", "a", "b"],
      labels: Int32Array.of(0, 1),
      predicted: Int32Array.of(2, 1),
      probabilities: Float64Array.of(0.3, 0.1, 0.6, 0.05, 0.8, 0.15),
    });
    expect(inClassOrder(turned, rows.classes)).toEqual(rows);
  });
});
