// From cells to numbers: fitted on the training rows only, then applied to any row.
// Letters: N rows, D encoded features.

import { countTexts, readCells, sortedNumbers } from "./cells.ts";
import {
  type ColumnProfile,
  type EncodingOptions,
  type ExaminedColumn,
  examineColumns,
  type Imputation,
  type Scaling,
  type UnseenPolicy,
} from "./columns.ts";
import { requireColumn } from "./mentions.ts";
import { optionsOf } from "./options.ts";
import { fitFill, fitScaling } from "./scaling.ts";
import { compareCodePoints } from "./spelling.ts";
import type { Table } from "./table.ts";

export { encode, encodedWidth, featureNames, type UnseenCells } from "./encode.ts";

/** value -> (value - center) / scale after imputation; scale is 1 for a constant column. */
export interface NumericFeature {
  readonly kind: "numeric";
  readonly column: string;
  readonly imputation: Imputation;
  /** Replaces a missing cell; 0 and unused when the imputation is `error`. */
  readonly fill: number;
  readonly scaling: Scaling;
  readonly center: number;
  readonly scale: number;
  /** Sorted knots of the quantile scalings; empty for the others. */
  readonly knots: readonly number[];
}

/**
 * One-hot: a place for each category in code-point order, then one for "missing", then one for "unseen" when the
 * policy is `bucket`. A place that no training row lit is never lit later either: its weights would be the random
 * numbers they began as.
 */
export interface CategoricalFeature {
  readonly kind: "categorical";
  readonly column: string;
  readonly unseen: UnseenPolicy;
  readonly categories: readonly string[];
  /** Training rows that lit the place for missing cells. */
  readonly missingRows: number;
  /** Training rows that lit the place for unseen categories: those of categories too rare for a place of their own. */
  readonly unseenRows: number;
}

export type Feature = NumericFeature | CategoricalFeature;

/** All that is needed to encode a row, and nothing else; plain data, no functions. */
export interface Encoder {
  readonly missingValues: readonly string[];
  readonly features: readonly Feature[];
}

/**
 * Under the policy `bucket`, categories with fewer training rows than this share the place for the unseen, so that
 * it is trained on what it will stand for. One row each: the share of such rows estimates how often a category never
 * met will come. Source: Good, The population frequencies of species, Biometrika 40 (1953).
 */
const MINIMUM_ROWS = 2;

/**
 * Learns from the training rows how to encode every column that is not ignored: what fills a missing cell, the
 * scale of the numbers, the categories. The features stand in code-point order of their columns, so the order of
 * the columns in the file changes nothing.
 *
 * @param rows     the training rows
 * @param profiles of the same rows
 */
export function fitEncoder(
  table: Table,
  rows: Int32Array,
  profiles: readonly ColumnProfile[],
  options: EncodingOptions,
): Encoder {
  const features = profiles.map((profile) => {
    const column = requireColumn(table, profile.name, "feature column");
    const cells = readCells(column, options.missingValues);
    const sorted = profile.kind === "numeric" ? sortedNumbers(cells, rows) : new Float64Array(0);
    return fitFeature({ profile, texts: countTexts(cells, rows), sorted }, options);
  });
  return encoderOf(features, options);
}

/** `profileColumns` and `fitEncoder` in one pass over the columns. */
export function fitColumns(
  table: Table,
  rows: Int32Array,
  options: EncodingOptions,
  label?: string,
  parts?: string,
): { readonly profiles: readonly ColumnProfile[]; readonly encoder: Encoder } {
  const profiles: ColumnProfile[] = [];
  const features: (Feature | undefined)[] = [];
  for (const examined of examineColumns(table, rows, options, label, parts)) {
    profiles.push(examined.profile);
    features.push(fitFeature(examined, options));
  }
  return { profiles, encoder: encoderOf(features, options) };
}

function encoderOf(features: readonly (Feature | undefined)[], options: EncodingOptions): Encoder {
  const kept = features.filter((feature) => feature !== undefined);
  return {
    missingValues: options.missingValues,
    features: kept.sort((a, b) => compareCodePoints(a.column, b.column)),
  };
}

function fitFeature(
  { profile, texts, sorted }: ExaminedColumn,
  options: EncodingOptions,
): Feature | undefined {
  const column = profile.name;
  const { scaling, imputation, unseen } = optionsOf(options, column);
  switch (profile.kind) {
    case "ignored":
      return undefined;
    case "categorical": {
      const kept = fitCategories(texts, unseen);
      return { kind: "categorical", column, unseen, ...kept, missingRows: profile.missing };
    }
    case "numeric":
      return {
        kind: "numeric",
        column,
        imputation,
        fill: fitFill(imputation, sorted),
        ...fitScaling(scaling, sorted),
      };
  }
}

/** Categories with a place of their own, in code-point order, and the training rows left for the unseen. */
function fitCategories(
  counts: ReadonlyMap<string, number>,
  unseen: UnseenPolicy,
): { readonly categories: readonly string[]; readonly unseenRows: number } {
  const minimum = unseen === "bucket" ? MINIMUM_ROWS : 1;
  const all = Array.from(counts.entries());
  const categories = all.filter(([, rows]) => rows >= minimum).map(([text]) => text);
  const unseenRows = all.reduce((sum, [, rows]) => sum + (rows < minimum ? rows : 0), 0);
  return { categories: categories.sort(compareCodePoints), unseenRows };
}
