// A field that the command line sets twice: the last setting counts, and that is said.

import { printPath } from "../config/places.ts";
import { parseSetting } from "../config/settings.ts";
import type { Io } from "./io.ts";
import { warn } from "./reporter.ts";

/** Warns of each field that several settings give. */
export async function warnOverridden(io: Io, settings: readonly string[]): Promise<void> {
  const given = new Map<string, string[]>();
  for (const { path, text } of settings.map(parseSetting)) {
    const name = printPath(path);
    given.set(name, [...(given.get(name) ?? []), text]);
  }
  for (const [name, texts] of given) {
    if (texts.length < 2) continue;
    await warn(io, `--set ${name}: given ${texts.length} times; the last counts, which is ${texts.at(-1)}`);
  }
}
