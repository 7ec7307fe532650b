// Mutants of the guarded files: a fault each, with a text before and after that names it, and a seeded draw of them.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { guardedFiles } from "./guarded.ts";
import { type Fault, faultsOf } from "./operators.ts";

export interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly operator: Fault["operator"];
  /** The lines of the fault without indentation, and what becomes of them. */
  readonly before: string;
  readonly after: string;
  /** Where the fault begins in the source. */
  readonly start: number;
  /** The source with the fault in it. */
  readonly text: string;
}

/** Every mutant of a source. */
export function mutantsOf(file: string, text: string): Mutant[] {
  return faultsOf(text).map(({ operator, start, end, replacement }) => {
    const from = text.lastIndexOf("\n", start - 1) + 1;
    const to = (text.indexOf("\n", end) + 1 || text.length + 1) - 1;
    const after = text.slice(from, start) + replacement + text.slice(end, to);
    return {
      ...{ file, line: text.slice(0, start).split("\n").length, operator, start },
      before: oneLine(text.slice(from, to)),
      after: oneLine(after),
      text: text.slice(0, start) + replacement + text.slice(end),
    };
  });
}

const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();

/** What tells a mutant from others, also when lines above it have come or gone. */
export const nameOf = ({ file, before, after }: Pick<Mutant, "file" | "before" | "after">) =>
  `${file}\n${before}\n${after}`;

/**
 * The mutants of all guarded files in an order that the seed gives. A mutant keeps its place among the others while its
 * own lines stay as they are, so that a change of one file hardly moves a draw.
 */
export function drawMutants(root: string, seed: number): Mutant[] {
  const ranked = guardedFiles(root).flatMap((file) => {
    const alike = new Map<string, number>();
    return mutantsOf(file, readFileSync(join(root, file), "utf8")).map((mutant) => {
      const name = nameOf(mutant);
      const occurrence = alike.get(name) ?? 0;
      alike.set(name, occurrence + 1);
      const rank = createHash("sha256").update(`${seed}\n${occurrence}\n${name}`).digest("hex");
      return { mutant, rank };
    });
  });
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return ranked.map(({ mutant }) => mutant);
}
