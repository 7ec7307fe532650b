// 200,000 model and checkpoint files of another header behind a mended checksum: refused by name, or whole files of other words.

import { expect, test } from "vitest";
import { damageHeader } from "../faults/model/headers.ts";
import { hunt } from "../faults/model/hunt.ts";
import { checkpoints, models } from "../faults/model/subjects.ts";
import { tally } from "../faults/tally.ts";

const files = [...models, ...checkpoints];
const CHUNK = 20_000;

test.for(Array.from({ length: 10 }, (_, i) => 301 + i))("20,000 of seed %d", (seed, context) => {
  const { accepted } = hunt(files, damageHeader, seed, CHUNK);
  expect(accepted).toBeLessThan(CHUNK / 5);
  tally(context, CHUNK);
});
