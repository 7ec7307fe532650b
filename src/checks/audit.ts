// What in the data would make a score too good to be true.
// Letters: N rows, D encoded features, K classes.

import type { Part } from "../data/dataset.ts";
import { equalRows } from "../data/duplicates.ts";
import { encodedWidth } from "../data/encode.ts";
import type { Feature } from "../data/encoder.ts";
import type { Table } from "../data/table.ts";
import { quote } from "../errors.ts";
import { sortNumbers } from "../matrix.ts";
import type { Prepared } from "../prepare.ts";
import type { Check } from "./result.ts";

/** More copies than this among the test rows, and the score is one of memory. */
const MOST_COPIES = 0.05;
const MOST_CONFLICTS = 0.05;

/** Rows that are equal in every feature: across the parts, and of different classes. */
export function checkDuplicates(table: Table, data: Prepared): Check[] {
  const parts = [data.train, data.validation, data.test];
  const rows = Int32Array.from(parts.flatMap((part) => Array.from(part.rows)));
  const labels = parts.flatMap((part) => Array.from(part.labels));
  const first = equalRows(table, rows, data.encoder);
  const firstTest = data.train.rows.length + data.validation.rows.length;
  const tests = data.test.rows.length;
  let copies = 0;
  for (let i = firstTest; i < first.length; i++) if (first[i]! < firstTest) copies++;
  const conflicting = new Set<number>();
  for (let i = 0; i < first.length; i++) if (labels[i] !== labels[first[i]!]) conflicting.add(first[i]!);
  const conflicts = first.reduce((sum, at) => sum + (conflicting.has(at) ? 1 : 0), 0);
  const share = tests === 0 ? 0 : copies / tests;
  return [
    {
      name: "duplicates",
      status: copies === 0 ? "ok" : share > MOST_COPIES ? "failed" : "note",
      found: `${copies} of ${tests} test rows are copies of rows that trained or chose the epoch`,
      figures: { copies, testRows: tests, limit: MOST_COPIES },
    },
    {
      name: "labels",
      status: conflicts === 0 ? "ok" : conflicts / rows.length > MOST_CONFLICTS ? "failed" : "note",
      found: `${conflicts} of ${rows.length} rows are equal in every feature but not in their class`,
      figures: { conflicts, rows: rows.length, limit: MOST_CONFLICTS },
    },
  ];
}

/** Columns that number the rows: left aside unless the configuration says otherwise. */
export function checkIdentifiers({ profiles }: Prepared): Check {
  const suspects = profiles.filter(({ reason, remarks }) =>
    [reason, ...remarks].some((text) => text.includes("identifier")),
  );
  const used = suspects.filter(({ kind }) => kind !== "ignored").map(({ name }) => name);
  const left = suspects.filter(({ kind }) => kind === "ignored").map(({ name }) => name);
  const found =
    used.length > 0
      ? `used as features: ${used.map(quote).join(", ")}`
      : left.length > 0
        ? `left aside: ${left.map(quote).join(", ")}`
        : "no column numbers the rows";
  return {
    name: "identifiers",
    status: used.length > 0 ? "failed" : "ok",
    found,
    figures: { used: used.join(", "), leftAside: left.join(", ") },
  };
}

/** A column that alone is right so often, and the rest so far below, is suspected of holding the answer. */
const ALONE = 0.98;
const FAR_ABOVE = 0.1;
const MOST_BINS = 32;

/**
 * What each column can do alone: the commonest class of each category, or of each of up to 32 equally filled bins, as
 * the training rows have it, judged by balanced accuracy on the other rows.
 */
export function checkLeaks(data: Prepared): Check {
  const K = data.labels.classes.length;
  const judging =
    data.validation.labels.length + data.test.labels.length > 0 ? [data.validation, data.test] : [data.train];
  let from = 0;
  const scores = data.encoder.features.map((feature) => {
    const score = scoreAlone(feature, from, data.train, judging, K);
    from += encodedWidth({ missingValues: [], features: [feature] });
    return { column: feature.column, score };
  });
  scores.sort((a, b) => b.score - a.score);
  const suspects = scores.filter(({ score }) => score >= ALONE);
  const best = scores[0]!;
  const rest = scores[suspects.length];
  const isFar = rest === undefined || rest.score <= ALONE - FAR_ABOVE;
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  const next = rest && rest !== best ? `, the best of the others ${share(rest.score)}` : "";
  const others =
    scores[1] && suspects.length === 0
      ? `, the next, ${quote(scores[1].column)}, ${share(scores[1].score)}`
      : next;
  return {
    name: "leaks",
    status: suspects.length === 0 ? "ok" : isFar && scores.length > 1 ? "failed" : "note",
    found: `best column alone: ${(suspects.length > 0 ? suspects : [best]).map(({ column }) => quote(column)).join(", ")} with ${share(best.score)} balanced accuracy${others}`,
    figures: { column: best.column, alone: best.score, next: rest?.score ?? null, limit: ALONE },
  };
}

function scoreAlone(
  feature: Feature,
  from: number,
  train: Part,
  judging: readonly Part[],
  K: number,
): number {
  const width = encodedWidth({ missingValues: [], features: [feature] });
  const cuts = feature.kind === "numeric" ? cutsOf(train, from) : [];
  const bins = feature.kind === "numeric" ? cuts.length + 1 : width + 1;
  const binOf = ({ features: { values, columns: D } }: Part, r: number) => {
    let bin = 0;
    if (feature.kind === "numeric") while (bin < cuts.length && values[r * D + from]! > cuts[bin]!) bin++;
    else while (bin < width && values[r * D + from + bin] !== 1) bin++;
    return bin;
  };
  const counts = new Int32Array(bins * K);
  const all = new Int32Array(K);
  for (let r = 0; r < train.labels.length; r++) {
    counts[binOf(train, r) * K + train.labels[r]!]!++;
    all[train.labels[r]!]!++;
  }
  const answers = Array.from({ length: bins }, (_, bin) => {
    const own = counts.subarray(bin * K, (bin + 1) * K);
    const used = own.some((count) => count > 0) ? own : all;
    return used.indexOf(used.reduce((a, b) => Math.max(a, b)));
  });
  const right = new Int32Array(K);
  const total = new Int32Array(K);
  for (const part of judging) {
    for (let r = 0; r < part.labels.length; r++) {
      total[part.labels[r]!]!++;
      if (answers[binOf(part, r)] === part.labels[r]) right[part.labels[r]!]!++;
    }
  }
  let recall = 0;
  let present = 0;
  for (let k = 0; k < K; k++) {
    if (total[k] === 0) continue;
    present++;
    recall += right[k]! / total[k]!;
  }
  return present === 0 ? 0 : recall / present;
}

/** Ascending upper ends of bins that hold about as many training rows each. */
function cutsOf({ features: { values, columns: D, rows: N } }: Part, at: number): number[] {
  const sorted = sortNumbers(Float64Array.from({ length: N }, (_, r) => values[r * D + at]!));
  const bins = Math.min(MOST_BINS, Math.max(2, Math.floor(N / 10)));
  const cuts = Array.from({ length: bins - 1 }, (_, b) => sorted[Math.floor(((b + 1) * N) / bins) - 1]!);
  return Array.from(new Set(cuts)).filter((cut) => cut < sorted[N - 1]!);
}
