// How much the log loss rises when a column is shuffled: what the model relies on, over many rows.
// Letters: N rows, D encoded features, R repeats.

import { type Classifier, predictEncoded } from "./classifier.ts";
import type { Part } from "./data/dataset.ts";
import { encodedWidth } from "./data/encode.ts";
import { allocateMatrix } from "./matrix.ts";
import { randomStream, shuffle } from "./random.ts";
import { type Interval, Z95 } from "./train/intervals.ts";
import { logLossesFromLogits } from "./train/scores.ts";

export interface ColumnImportance {
  readonly column: string;
  /** Mean rise of the log loss, in nats. */
  readonly rise: number;
  /** 95 %, over rows like these. */
  readonly interval: Interval;
}

export interface Importance {
  readonly rows: number;
  readonly repeats: number;
  /** Log loss of the rows as they are. */
  readonly logLoss: number;
  /** Most important first. */
  readonly columns: readonly ColumnImportance[];
}

/** More rows say little more: the first so many of a shuffled order are taken. */
const MOST_ROWS = 2000;
const REPEATS = 10;

/**
 * Permutation importance: each column in turn is shuffled among the rows, its places together, R times.
 *
 *   rise = mean over rows and repeats of  loss(row with the shuffled column) - loss(row),  ± 1.96 s / √N
 *
 * s is the standard deviation over the rows of a row's mean rise, so the interval tells what other rows would have shown.
 * Columns that say the same thing share the importance: shuffling one leaves the other in place.
 *
 * Source: Breiman (2001), Random forests; Fisher, Rudin, Dominici (2019) for the loss of any model.
 */
export function permutationImportance(classifier: Classifier, data: Part, repeats = REPEATS): Importance {
  const { seed } = classifier.config;
  const D = data.features.columns;
  const order = shuffle(
    Int32Array.from(data.labels, (_, row) => row),
    randomStream(seed, "permutation"),
  ).slice(0, MOST_ROWS);
  const N = order.length;
  const labels = order.map((row) => data.labels[row]!);
  const x = allocateMatrix(classifier.network.precision, N, D);
  for (let r = 0; r < N; r++) {
    x.values.set(data.features.values.subarray(order[r]! * D, (order[r]! + 1) * D), r * D);
  }
  const losses = () => {
    const { logits } = predictEncoded(classifier, x);
    return logLossesFromLogits(logits, labels, logits.length / N);
  };
  const before = losses();
  let from = 0;
  const columns = classifier.encoder.features.map((feature, f): ColumnImportance => {
    const width = encodedWidth({ missingValues: [], features: [feature] });
    const own = Array.from({ length: N }, (_, r) => x.values.slice(r * D + from, r * D + from + width));
    const rises = new Float64Array(N);
    for (let repeat = 0; repeat < repeats; repeat++) {
      const others = shuffle(
        Int32Array.from({ length: N }, (_, row) => row),
        randomStream(seed, "permutation", f + 1, repeat),
      );
      for (let r = 0; r < N; r++) x.values.set(own[others[r]!]!, r * D + from);
      const after = losses();
      for (let r = 0; r < N; r++) rises[r]! += (after[r]! - before[r]!) / repeats;
    }
    for (let r = 0; r < N; r++) x.values.set(own[r]!, r * D + from);
    from += width;
    return { column: feature.column, ...meanWithInterval(rises) };
  });
  return {
    rows: N,
    repeats,
    logLoss: before.reduce((sum, loss) => sum + loss, 0) / N,
    columns: columns
      .map((column, place) => ({ column, place }))
      .sort((a, b) => b.column.rise - a.column.rise || a.place - b.place)
      .map(({ column }) => column),
  };
}

function meanWithInterval(values: Float64Array): { readonly rise: number; readonly interval: Interval } {
  const N = values.length;
  const rise = values.reduce((sum, value) => sum + value, 0) / N;
  const squares = values.reduce((sum, value) => sum + (value - rise) * (value - rise), 0);
  const half = N > 1 ? Z95 * Math.sqrt(squares / (N - 1) / N) : 0;
  return { rise, interval: { lower: rise - half, upper: rise + half } };
}
