// 600,000 model and checkpoint files with damaged bytes: the checksum finds every one.

import { expect, test } from "vitest";
import { damage } from "../faults/model/damage.ts";
import { hunt } from "../faults/model/hunt.ts";
import { checkpoints, models } from "../faults/model/subjects.ts";
import { tally } from "../faults/tally.ts";

const files = [...models, ...checkpoints];
const CHUNK = 60_000;

test.for(Array.from({ length: 10 }, (_, i) => 101 + i))("60,000 of seed %d", (seed, context) => {
  expect(hunt(files, damage, seed, CHUNK)).toEqual({ refused: CHUNK, accepted: 0 });
  tally(context, CHUNK);
});
