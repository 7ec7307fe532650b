import { describe, expect, test } from "vitest";
import { randomStream, shuffle } from "../src/random.ts";

describe("randomStream", () => {
  test("gives the same numbers for the same seed, purpose and index: these, on every engine", () => {
    const random = randomStream(1, "shuffle", 3);
    expect([random(), random(), random()]).toEqual([
      0.8383539644405523, 0.9093591516948601, 0.9358785241066109,
    ]);
  });

  test("differs between purposes, indices and seeds", () => {
    const firsts = [
      randomStream(1, "shuffle", 1)(),
      randomStream(1, "shuffle", 2)(),
      randomStream(1, "init", 1)(),
      randomStream(2, "shuffle", 1)(),
    ];
    expect(new Set(firsts).size).toBe(4);
  });

  test("is uniform: 16 bins of 160,000 draws within 5 standard deviations", () => {
    const random = randomStream(7, "bootstrap");
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 160_000; i++) counts[Math.floor(random() * 16)]!++;
    for (const count of counts)
      expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(10_000 * (15 / 16)));
  });
});

describe("shuffle", () => {
  test("keeps every item", () => {
    const items = shuffle(
      Int32Array.from({ length: 100 }, (_, i) => i),
      randomStream(1, "split"),
    );
    expect(Array.from(items).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  test("reaches each of the 6 orders of 3 items equally often: 12,000 shuffles within 5 standard deviations", () => {
    const counts = new Map<string, number>();
    const random = randomStream(1, "split");
    for (let i = 0; i < 12_000; i++) {
      const order = shuffle([0, 1, 2], random).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values())
      expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(2000 * (5 / 6)));
  });
});
