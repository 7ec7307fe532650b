// Rows dealt to parts and folds so that each holds its share of every class.
// Letters: N places, K classes.

import { borrow, release } from "../borrow.ts";
import { PulloneError } from "../errors.ts";
import { type Random, shuffle } from "../random.ts";
import { apportion } from "./apportion.ts";
import type { Split } from "./split.ts";

/**
 * Places 0 … N-1 dealt to the three parts so that each holds its share of every class: see `apportion`.
 *
 * @param codes (N) class of each place, from 0
 * @param shares of validation and test, each from 0 and together below 1; the rest trains
 */
export function stratifiedSplit(
  codes: Int32Array,
  shares: { readonly validation: number; readonly test: number },
  random: Random,
): Split {
  const training = 1 - shares.validation - shares.test;
  if (!(shares.validation >= 0 && shares.test >= 0 && training > 0)) {
    throw new PulloneError(
      "config_invalid",
      `split: expected shares from 0 with a sum below 1, got validation ${shares.validation} and test ${shares.test}`,
    );
  }
  const byClass = placesByClass(codes, (size) => borrow(Int32Array, size));
  const counts = apportion(
    byClass.map((places) => places.length),
    [training, shares.validation, shares.test],
  );
  const parts = borrow(Uint8Array, codes.length);
  byClass.forEach((places, k) => {
    shuffle(places, random);
    const [train, validation] = [counts[k]![0]!, counts[k]![1]!];
    places.forEach((at, i) => {
      parts[at] = i < train ? 0 : i < train + validation ? 1 : 2;
    });
    release(places);
  });
  const split = splitByParts(parts);
  release(parts);
  return split;
}

/**
 * The fold of each place: shuffled within its class, then dealt round like cards, class after class, so that folds
 * differ by at most one row, overall and in every class.
 *
 * @param codes (N) class of each place, from 0
 * @returns (N) 0 … folds-1
 */
export function stratifiedFolds(codes: Int32Array, folds: number, random: Random): Int32Array {
  if (!Number.isInteger(folds) || folds < 2 || folds > codes.length) {
    throw new PulloneError(
      "config_invalid",
      `split.folds: expected a whole number from 2 to the number of rows (${codes.length}), got ${folds}`,
    );
  }
  const foldOf = new Int32Array(codes.length);
  let dealt = 0;
  for (const places of placesByClass(codes, (size) => borrow(Int32Array, size))) {
    for (const at of shuffle(places, random)) foldOf[at] = dealt++ % folds;
    release(places);
  }
  return foldOf;
}

/** The places of each class, ascending; one list a class, empty for a class without rows. */
function placesByClass(codes: Int32Array | Uint8Array, allocate: (size: number) => Int32Array): Int32Array[] {
  const sizes: number[] = [];
  for (const k of codes) sizes[k] = (sizes[k] ?? 0) + 1;
  const lists = Array.from(sizes, (size) => allocate(size ?? 0));
  const filled = new Int32Array(lists.length);
  codes.forEach((k, at) => {
    lists[k]![filled[k]!++] = at;
  });
  return lists;
}

/** The places of each part, ascending; 0 trains, 1 validates, 2 tests. */
export function splitByParts(parts: Uint8Array): Split {
  const allocate = (size: number) => new Int32Array(size);
  const [train, validation, test] = placesByClass(parts, allocate).concat([0, 1, 2].map(() => allocate(0)));
  return { train: train!, validation: validation!, test: test! };
}
