// Numbers so far from those of the training rows that a model can only guess at them, judged by what its file holds.
// Letters: N training rows.

import { assertNever } from "../errors.ts";
import { place, readCells, valueAt } from "./cells.ts";
import type { Encoder, NumericFeature } from "./encoder.ts";
import { requireColumn } from "./mentions.ts";
import type { Table } from "./table.ts";

/** Numbers of one column that lie far out. */
export interface OutlyingCells {
  readonly column: string;
  readonly rows: number;
  /** The first of them, and the line it stands on. */
  readonly value: number;
  readonly line: number;
}

interface Range {
  readonly low: number;
  readonly high: number;
}

/** In deviations from the mean, or in widths of the range from its nearer end; 1 stands for a width of zero. */
const FAR = 10;

/**
 * The numeric columns with cells far outside of the numbers of the training rows.
 *
 *   standard            further than max(10, √N) deviations from the mean
 *   min_max, quantile   further than 10 times the range beyond one of its ends
 *   robust, none        never: of these scalings a model keeps no end of the numbers
 *
 * So no number of a training row is one of them, whatever the tails of its column: of N numbers none is more than
 * √(N - 1) deviations from their mean.
 *
 * @param N training rows behind the encoder
 *
 * Source: Samuelson, How deviant can you be?, Journal of the American Statistical Association 63 (1968).
 */
export function outlyingCells(encoder: Encoder, N: number, table: Table): OutlyingCells[] {
  return encoder.features.flatMap((feature) =>
    feature.kind === "numeric" ? outlyingIn(feature, N, table, encoder.missingValues) : [],
  );
}

function outlyingIn(
  feature: NumericFeature,
  N: number,
  table: Table,
  missingValues: readonly string[],
): OutlyingCells[] {
  const range = near(feature, N);
  if (range === undefined) return [];
  const cells = readCells(requireColumn(table, feature.column, "feature column"), missingValues);
  let rows = 0;
  let first: { readonly value: number; readonly line: number } | undefined;
  for (let row = 0; row < table.lines.length; row++) {
    const value = valueAt(cells, place(cells, row));
    // False for the NaN of a missing cell.
    if (!(value < range.low || value > range.high)) continue;
    first ??= { value, line: table.lines[row]! };
    rows++;
  }
  return first === undefined ? [] : [{ column: feature.column, rows, ...first }];
}

/** What is not far: low … high; nothing where a model keeps no end of the numbers. */
function near({ scaling, center, scale, knots }: NumericFeature, N: number): Range | undefined {
  switch (scaling) {
    case "standard":
      return around(center, center, Math.max(FAR, Math.sqrt(N)) * scale);
    case "min_max":
      return around(center, center + scale, FAR * scale);
    case "quantile_uniform":
    case "quantile_normal": {
      const [least, most] = [knots[0]!, knots.at(-1)!];
      return around(least, most, FAR * (most > least ? most - least : 1));
    }
    case "robust":
    case "none":
      return undefined;
    default:
      return assertNever(scaling, "scaling");
  }
}

function around(least: number, most: number, reach: number): Range {
  return { low: least - reach, high: most + reach };
}
