// An experiment of kind "heads": after the runs of the grid, what tells one sigmoid node from two softmax nodes.

import { dirname, isAbsolute, join } from "node:path";
import type { Table } from "../data/table.ts";
import { PulloneError } from "../errors.ts";
import type { Variant } from "../experiment/document.ts";
import { compareHeads, type HeadsComparison, type HeadsData } from "../experiment/heads.ts";
import type { HeadsWords } from "../experiment/headsschema.ts";
import { holdsIdentity } from "../experiment/matched.ts";
import { readData } from "./data.ts";
import type { HeadsRoles } from "./headsreport.ts";
import { breathe, type Io } from "./io.ts";
import { planFromFile } from "./plan.ts";
import { shown } from "./text.ts";

/**
 * Which variant is which: the first of each head, and the first sigmoid whose output layer has factors of its own.
 *
 * @throws {PulloneError} config_invalid when a head is missing
 */
function headsRoles(source: string, variants: readonly Variant[]): HeadsRoles {
  const named = (head: "softmax" | "sigmoid") => {
    const found = variants.find(({ config }) => config.model.head === head);
    if (found) return found;
    throw new PulloneError(
      "config_invalid",
      `${source} variants: expected a variant of model.head "${head}" for kind "heads", got none`,
    );
  };
  const softmax = named("softmax");
  const sigmoid = named("sigmoid");
  const factor = ({ config }: Variant) => config.train.headLearningRateFactor;
  const matched = variants.find(
    (variant) => variant.config.model.head === "sigmoid" && factor(variant) !== factor(softmax),
  );
  return {
    softmax: softmax.name,
    sigmoid: sigmoid.name,
    matched: matched && matched !== sigmoid ? matched.name : null,
  };
}

/** What tells the heads apart, checked and ready to run. */
export interface HeadsTask {
  readonly roles: HeadsRoles;
  readonly comparison: ReturnType<typeof compareHeads>;
}

/**
 * Checks all that can be wrong before the first run of the experiment.
 *
 * @param source the file of the experiment: `heads.more` is relative to it
 * @param table  the rows as the softmax variant reads them
 * @throws {PulloneError} of every kind
 */
export async function planHeads(
  io: Io,
  source: string,
  words: HeadsWords,
  variants: readonly Variant[],
  tableOf: (variant: string) => Table,
): Promise<HeadsTask> {
  const roles = headsRoles(source, variants);
  const { config } = variants.find(({ name }) => name === roles.softmax)!;
  const more = words.more === undefined ? null : await readMore(io, source, words.more);
  const { epochs, rateFactor, decayFactor } = words;
  const base = { config, table: tableOf(roles.softmax), lengths: undefined };
  const comparison = compareHeads({ ...base, epochs, match: { rateFactor, decayFactor }, more });
  comparison.next();
  return { roles, comparison };
}

/** Runs it to its end. */
export async function runHeads(io: Io, { comparison }: HeadsTask): Promise<HeadsComparison> {
  for (;;) {
    const { done, value } = comparison.next();
    if (done) return value;
    await breathe(io);
  }
}

async function readMore(io: Io, source: string, more: string): Promise<HeadsData> {
  const path = isAbsolute(more) ? more : join(dirname(source), more);
  const { config, files } = await planFromFile(io, path, []);
  const { table, lengths } = await readData(io, config, files);
  return { config, table, lengths };
}

/** The complaint about pairs of runs that should be one model and are not; undefined when there are none. */
export function headsMiss(
  source: string,
  { matched, bound, match }: HeadsComparison,
): PulloneError | undefined {
  const apart = matched.filter((run) => !holdsIdentity(run));
  if (apart.length === 0) return undefined;
  const told = apart.map(({ name, gap }) => `${gap.toPrecision(3)} with ${name}`).join("; ");
  return new PulloneError(
    "quality_missed",
    `${shown(source, 200)}, matched heads: expected logits that differ by less than ${bound}, got ${told}`,
    match.rateFactor === 2 && match.decayFactor === 0.5
      ? undefined
      : "the heads are matched by heads.rateFactor 2 and heads.decayFactor 0.5",
  );
}
