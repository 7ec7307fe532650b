// How V8 keeps young objects: in little memory, as nearly all of ours are cells of a CSV file that die at once.

import { setFlagsFromString } from "node:v8";

/** The releases this was measured on; another might not know the flag, and would say so on standard error. */
const FIRST = 20;
const LAST = 26;

/**
 * Keeps the space of young objects from growing to 32 MB (64 MB from Node 24 on) while a long file is read. A row lives
 * for 16 KiB of the file, so 2 MB are enough: reading takes as long as before.
 */
export function keepYoungSpaceSmall(): void {
  const release = Number.parseInt(process.versions.node, 10);
  if (release >= FIRST && release <= LAST) setFlagsFromString("--semi-space-growth-factor=1");
}
