// 200,000 model and checkpoint files with damaged bytes behind a mended checksum: refused by name, or whole files of other numbers.

import { expect, test } from "vitest";
import { damageAndMend } from "../faults/model/damage.ts";
import { hunt } from "../faults/model/hunt.ts";
import { checkpoints, models } from "../faults/model/subjects.ts";
import { tally } from "../faults/tally.ts";

const files = [...models, ...checkpoints];
const CHUNK = 20_000;

test.for(Array.from({ length: 10 }, (_, i) => 201 + i))("20,000 of seed %d", (seed, context) => {
  const { accepted } = hunt(files, damageAndMend, seed, CHUNK);
  expect(accepted).toBeLessThan(CHUNK / 5);
  tally(context, CHUNK);
});
