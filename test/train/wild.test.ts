import { describe, expect, test } from "vitest";
import { randomStream } from "../../src/random.ts";
import { exchangedRanksPValue } from "../../src/train/exchanged.ts";
import { randomSigns, wildDifference } from "../../src/train/wild.ts";

const random = () => randomStream(5, "golden");

describe("wildDifference", () => {
  const gains = Float64Array.from({ length: 60 }, (_, r) => Math.sin(r * r) + 0.2);
  const labels = gains.map((_, r) => r % 2);
  const of = (shift: number) =>
    wildDifference(
      gains.map((gain) => gain + shift),
      labels,
      2,
      999,
      random(),
    );

  test("has an interval that holds 0 exactly where p is above 0.05, over 80 differences", () => {
    let told = 0;
    for (let shift = -1; shift < 1; shift += 0.025) {
      const { interval, p } = of(shift);
      const holdsZero = interval!.lower <= 0 && interval!.upper >= 0;
      expect(holdsZero, `shift ${shift}, p ${p}`).toBe(p! > 0.05);
      if (!holdsZero) told++;
    }
    expect(told).toBeGreaterThan(20);
    expect(told).toBeLessThan(70);
  });

  test("of normal differences has the p-value of the t-test, within 0.02", () => {
    const { p, difference, standardError } = of(0);
    expect(difference / standardError).toBeGreaterThan(0.5);
    // Two-sided, 58 degrees: about the normal tail.
    const z = difference / standardError;
    const tail = Math.exp(-0.717 * z - 0.416 * z * z);
    expect(Math.abs(p! - tail)).toBeLessThan(0.02);
  });

  test("shows no interval and no p where all differences are equal in their class, and refuses few resamples", () => {
    const equal = wildDifference(new Float64Array(60).fill(0.1), labels, 2, 999, random());
    expect(equal).toEqual({ difference: expect.closeTo(0.1, 14), standardError: 0, interval: null, p: null });
    expect(() => wildDifference(gains, labels, 2, 99, random())).toThrow(
      "B: expected a whole number from 100, got 99",
    );
  });
});

describe("randomSigns", () => {
  test("are 1 or -1, each in half of the places within 5 standard errors, and new from word to word", () => {
    const signs = new Int8Array(10_000);
    randomSigns(signs, random());
    expect(new Set(signs)).toEqual(new Set([1, -1]));
    expect(Math.abs(signs.reduce((sum, sign) => sum + sign, 0))).toBeLessThan(500);
    expect(signs.subarray(0, 32)).not.toEqual(signs.subarray(32, 64));
  });
});

describe("exchangedRanksPValue", () => {
  test("of four rows is the share of all 16 exchanges, within 0.03", () => {
    const a = Float64Array.of(1, 2, 3, 4);
    const b = Float64Array.of(4, 3, 1, 2);
    const labels = [0, 0, 1, 1];
    // By hand: ranks of A and B exchanged in every possible way, the area counted over its four pairs.
    const area = (ranks: number[]) => {
      let won = 0;
      for (const p of [2, 3]) {
        for (const n of [0, 1]) won += ranks[p]! > ranks[n]! ? 1 : ranks[p] === ranks[n] ? 0.5 : 0;
      }
      return won;
    };
    const differenceOf = (mask: number) => {
      const side = (own: boolean) =>
        [0, 1, 2, 3].map((r) => (((mask >> r) & 1) === (own ? 0 : 1) ? a : b)[r]!);
      return Math.abs(area(side(true)) - area(side(false)));
    };
    const found = differenceOf(0);
    const share =
      Array.from({ length: 16 }, (_, mask) => differenceOf(mask)).filter((d) => d >= found).length / 16;
    expect(share).toBeLessThan(0.5);
    expect(Math.abs(exchangedRanksPValue(a, b, labels, 4000, random()) - share)).toBeLessThan(0.03);
  });

  test("sees only the order of the scores, and is 1 where both rank alike", () => {
    const scores = Float64Array.from({ length: 40 }, (_, r) => ((r * 17) % 41) / 41);
    const other = Float64Array.from({ length: 40 }, (_, r) => ((r * 11) % 41) / 41);
    const labels = Array.from({ length: 40 }, (_, r) => r % 2);
    const p = exchangedRanksPValue(scores, other, labels, 500, random());
    expect(exchangedRanksPValue(scores.map(Math.exp), other, labels, 500, random())).toBe(p);
    expect(exchangedRanksPValue(scores, scores.map(Math.sqrt), labels, 500, random())).toBe(1);
  });
});
