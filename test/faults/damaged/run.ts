// A number of damaged tables, read by us and by Python: how many were refused, agreed on and trained on.

import { hasPython, readInPython } from "./python.ts";
import { damagedTable } from "./tables.ts";
import { faultOf, read, train } from "./verdict.ts";

export interface Tally {
  readonly refused: number;
  readonly accepted: number;
  readonly trained: number;
  /** The first few, each with what makes it again. */
  readonly faults: readonly string[];
}

const BATCH = 5000;

/** @param trainEvery of the accepted tables, every so many is trained on */
export async function runDamage(seed: number, cases: number, trainEvery: number): Promise<Tally> {
  const tally = { refused: 0, accepted: 0, trained: 0, faults: [] as string[] };
  for (let start = 0; start < cases && tally.faults.length < 10; start += BATCH) {
    const tables = Array.from({ length: Math.min(BATCH, cases - start) }, (_, i) =>
      damagedTable(seed, start + i),
    );
    const theirs = hasPython ? readInPython(tables) : [];
    for (const [i, bytes] of tables.entries()) {
      const ours = await read(bytes);
      const fault = await faultOf(bytes, ours, theirs[i]);
      const say = (what: string) => tally.faults.push(`damagedTable(${seed}, ${start + i}): ${what}`);
      if (fault !== undefined) say(fault);
      if ("refusal" in ours) tally.refused++;
      else if (tally.accepted++ % trainEvery === 0) {
        const end = await train(bytes);
        if (end === "trained") tally.trained++;
        else if (end !== "refused") say(end);
      }
    }
  }
  return tally;
}
