// A field that the command line sets twice: the last setting counts, and that is said.

import { printPath } from "../config/places.ts";
import { asSetting, type Setting, whereOfSetting } from "../config/settings.ts";
import type { Io } from "./io.ts";
import { warn } from "./reporter.ts";

/** Warns of each field that several settings give. */
export async function warnOverridden(io: Io, settings: readonly (string | Setting)[]): Promise<void> {
  const given = new Map<string, Setting[]>();
  for (const setting of settings.map(asSetting)) {
    const field = printPath(setting.path);
    given.set(field, [...(given.get(field) ?? []), setting]);
  }
  for (const same of given.values()) {
    if (same.length < 2) continue;
    const where = [...new Set(same.map(whereOfSetting))].join(", ");
    await warn(io, `${where}: given ${same.length} times; the last counts, which is ${same.at(-1)!.text}`);
  }
}
