// F146 to F175: damaged model and checkpoint files. 5,000 of the million of test/long/models*.test.ts.

import { describe, expect, test } from "vitest";
import { damage, damageAndMend } from "./model/damage.ts";
import { damageHeader } from "./model/headers.ts";
import { hunt } from "./model/hunt.ts";
import { checkpoints, isRefused, models } from "./model/subjects.ts";
import { tally } from "./tally.ts";

const files = [...models, ...checkpoints];

test.each(files.map((subject) => [subject.name, subject] as const))(
  "%s is read and written as it was",
  (_, subject) => {
    expect(isRefused(subject, subject.bytes)).toBe(false);
  },
);

describe("damaged at random, a file is refused by name or is a whole file of other words", () => {
  test("bytes: every one is found by the checksum", (context) => {
    expect(hunt(files, damage, 1, 2_000)).toEqual({ refused: 2_000, accepted: 0 });
    tally(context, 2_000);
  });

  test("bytes behind a mended checksum", (context) => {
    const { accepted } = hunt(files, damageAndMend, 2, 1_000);
    expect(accepted).toBeGreaterThan(0); // a number of the encoder, a letter of a class
    expect(accepted).toBeLessThan(300);
    tally(context, 1_000);
  });

  test("headers behind a mended checksum", (context) => {
    const { accepted } = hunt(files, damageHeader, 3, 2_000);
    expect(accepted).toBeGreaterThan(0); // another name of a column, another count in the record
    expect(accepted).toBeLessThan(400);
    tally(context, 2_000);
  });
});
