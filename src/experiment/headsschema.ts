// The keys of an experiment of kind "heads" beside those of a grid.

import {
  above,
  between,
  described,
  exactOptional,
  type InferOutput,
  optional,
  path,
  safeParse,
  section,
  whole,
} from "../config/words.ts";

export const headsSchema = described(
  section({
    epochs: optional(whole(1, 1_000_000, "passes over the rows of each pair of runs side by side"), 30),
    rateFactor: optional(
      above(0, 1_000, "times the learning rate, in the output layer of the sigmoid; 2 matches"),
      2,
    ),
    decayFactor: optional(
      between(0, 1_000, "times l2 and weightDecay, in the output layer of the sigmoid; 0.5 matches"),
      0.5,
    ),
    more: exactOptional(path("a run of three or more classes, to show that no factor matches those")),
  }),
  "how the heads are told apart; with kind heads",
);

export type HeadsWords = InferOutput<typeof headsSchema>;

/** What the document says of the heads, or what holds when it says nothing. */
export function headsWordsOf(words: HeadsWords | undefined): HeadsWords {
  return words ?? (safeParse(headsSchema, {}).output as HeadsWords);
}
