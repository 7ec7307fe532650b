// The columns of a file as a person reads them: what each is used as, why, and what is odd about it.

import type { ColumnProfile } from "../data/columns.ts";
import { type Alignment, aligned, bar, compact, counted, inRow, percent, shown } from "./text.ts";

const COLUMNS: Alignment[] = ["left", "left", "right", "right", "left", "left"];

/** A table with one line for each of the first `limit` columns. */
export function profileTable(profiles: readonly ColumnProfile[], limit: number): string[] {
  const rows = profiles
    .slice(0, limit)
    .map((profile) => [
      shown(profile.name, 32),
      profile.kind,
      profile.missing === 0 ? "" : String(profile.missing),
      String(profile.distinct),
      contents(profile),
      profile.reason,
    ]);
  return aligned([["column", "used as", "missing", "distinct", "values", "because"], ...rows], COLUMNS);
}

/** "6.98 … 13.4 … 28.11" for numbers, the most frequent texts for categories. */
function contents({ numbers, categories, kind }: ColumnProfile): string {
  if (numbers && kind !== "categorical") {
    return `${compact(numbers.minimum)} … ${compact(numbers.median)} … ${compact(numbers.maximum)}`;
  }
  if (!categories) return "";
  const names = categories.slice(0, 3).map(({ text }) => text);
  return inRow(names, 14) + (categories.length > 3 ? ", …" : "");
}

/** "30 numeric, 2 categorical, 1 ignored". */
export function kindCounts(profiles: readonly ColumnProfile[]): string {
  const kinds = ["numeric", "categorical", "ignored"] as const;
  const counts = kinds.map(
    (kind) => [profiles.filter((profile) => profile.kind === kind).length, kind] as const,
  );
  return counts.flatMap(([count, kind]) => (count > 0 ? [`${count} ${kind}`] : [])).join(", ");
}

export interface ClassCount {
  readonly name: string;
  readonly rows: number;
}

const BAR_LENGTH = 24;

/** The classes with their rows, shares and bars, in their order. */
export function classTable(classes: readonly ClassCount[], limit: number): string[] {
  const total = classes.reduce((sum, { rows }) => sum + rows, 0);
  const most = Math.max(1, ...classes.map(({ rows }) => rows));
  const lines = aligned(
    classes
      .slice(0, limit)
      .map(({ name, rows }) => [
        shown(name, 32),
        String(rows),
        percent(rows / total),
        bar(rows / most, BAR_LENGTH),
      ]),
    ["left", "right", "right", "left"],
  );
  if (classes.length > limit) lines.push(`… and ${counted(classes.length - limit, "class", "classes")} more`);
  return lines;
}
