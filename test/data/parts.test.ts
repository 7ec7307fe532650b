import { describe, expect, test } from "vitest";
import { buildDataset, type DataOptions } from "../../src/data/dataset.ts";
import { encodeParts } from "../../src/data/parts.ts";
import { readTable } from "../../src/data/reader.ts";
import type { Table } from "../../src/data/table.ts";
import { createSha256 } from "../../src/hash.ts";
import { allocateMatrix } from "../../src/matrix.ts";
import { encoding, times } from "./samples.ts";

const N = 20_000;
const options: DataOptions = { ...encoding, label: "species", missingLabel: "refuse", unseen: "ignore" };
const split = { kind: "stratified", validation: 0.2, test: 0.2 } as const;

/** Decimals with missing cells, float64, few numbers kept as text, categories: one column of each kind. */
const rows = times(N, (i) => [
  i % 97 === 0 ? "" : ((i * 7919) % 100_003) / 1000,
  Math.sqrt(i * 3 + 1),
  (i * 31) % 50,
  ["red", "green", "blue", "NA"][(i * 7 + Math.floor(i / 9)) % 4],
  ["ant", "bee", "cat"][(i * 13) % 3],
]);

async function read(lines: readonly (readonly unknown[])[] = rows): Promise<Table> {
  const text = `mass,root,age,color,species\n${lines.map((row) => `${row.join(",")}\n`).join("")}`;
  const bytes = (async function* () {
    yield new TextEncoder().encode(text);
  })();
  return (await readTable(bytes, "fruit.csv")).table;
}

const bytesOf = (table: Table) =>
  table.columns.map((column) => {
    if (column.kind === "coded") return column.codes.byteLength;
    return column.kind === "decimals" ? column.integers.byteLength : column.values.byteLength;
  });

describe("a table that is consumed", () => {
  test.each(["float32", "float64"] as const)(
    "gives the same dataset, every bit of it, in %s",
    async (precision) => {
      const hashes = [createSha256(), createSha256()];
      const [kept, consumed] = await Promise.all(
        [false, true].map(async (consume, i) =>
          buildDataset(await read(), options, split, 1, precision, undefined, {
            consume,
            fingerprint: hashes[i]!.update,
          }),
        ),
      );
      expect(consumed).toEqual(kept);
      expect(hashes[1]!.hex()).toBe(hashes[0]!.hex());
    },
  );

  test("is spent afterwards: nothing of its large columns is left", async () => {
    const table = await read();
    expect(table.columns.map(({ kind }) => kind)).toEqual(["decimals", "numbers", "coded", "coded", "coded"]);
    if (!("resizable" in ArrayBuffer.prototype)) return;
    expect(bytesOf(table)).toEqual([4 * N, 8 * N, 2 * N, 2 * N, 2 * N]);
    buildDataset(table, options, split, 1, "float32", undefined, { consume: true });
    // The label is no feature, and columns of less than 64 KiB are not worth it.
    expect(bytesOf(table).slice(0, 2)).toEqual([0, 0]);
  });

  test("is still whole when a row is refused, and by the same row", async () => {
    const last = rows.map((row, i) => (i === N - 5 ? [1e300, ...row.slice(1)] : row));
    const table = await read(last.map((row, i) => (i === 3 ? [-1e300, ...row.slice(1)] : row)));
    const before = bytesOf(table);
    const refusal = (consume: boolean) => {
      try {
        buildDataset(table, { ...options, scaling: "none" }, split, 1, "float32", undefined, { consume });
      } catch (error) {
        return String(error);
      }
      return expect.fail("1e300 fits no float32");
    };
    expect(refusal(true)).toBe(refusal(false));
    expect(bytesOf(table)).toEqual(before);
  });

  test("has the matrix of its first part made by the caller", async () => {
    const table = await read();
    const { encoder, train, test: tests } = buildDataset(table, options, split, 1, "float32");
    const made: number[] = [];
    const allocate: typeof allocateMatrix = (precision, count, columns) => {
      made.push(count);
      return allocateMatrix(precision, count, columns);
    };
    const encoded = encodeParts(encoder, table, [train.rows, tests.rows], "float32", true, allocate);
    expect(made).toEqual([train.rows.length]);
    expect(encoded.map(({ features }) => features)).toEqual([train.features, tests.features]);
  });
});
