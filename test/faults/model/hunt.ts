// Many damaged files of one seed, each judged; the same seed makes the same files.

import { randomStream } from "../../../src/random.ts";
import type { Below } from "./damage.ts";
import { isRefused, type Subject } from "./subjects.ts";

export type Damage = (bytes: Uint8Array, below: Below) => Uint8Array;

export interface Hunted {
  readonly refused: number;
  /** Whole files after all: of another name, another figure. */
  readonly accepted: number;
}

/**
 * Damages the subjects in turn, `count` times.
 *
 * @throws the first error that is no refusal, with what is needed to see it again
 */
export function hunt(subjects: readonly Subject[], damage: Damage, seed: number, count: number): Hunted {
  const random = randomStream(seed, "split");
  const below: Below = (n) => Math.floor(random() * n);
  let refused = 0;
  for (let i = 0; i < count; i++) {
    const subject = subjects[i % subjects.length]!;
    const bytes = damage(subject.bytes, below);
    try {
      if (isRefused(subject, bytes)) refused++;
    } catch (error) {
      throw new Error(`${subject.name}, seed ${seed}, mutant ${i}: ${error}`, { cause: error });
    }
  }
  if (Object.keys(Object.prototype).length > 0) throw new Error("a prototype was changed");
  return { refused, accepted: count - refused };
}
