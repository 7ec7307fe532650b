// Every word one letter away from a key, and the document in which that key would be right.

import type { ConfigKey } from "../../../src/config.ts";

/** A letter missing, two swapped, one replaced, one put in; `letters` are those put in. */
export function typosOf(word: string, letters: string): string[] {
  const typos = new Set<string>();
  for (let i = 0; i <= word.length; i++) {
    const [before, after] = [word.slice(0, i), word.slice(i)];
    typos.add(before + after.slice(1));
    if (after.length > 1) typos.add(before + after[1] + after[0] + after.slice(2));
    for (const letter of letters) {
      typos.add(before + letter + after);
      if (after.length > 0) typos.add(before + letter + after.slice(1));
    }
  }
  typos.delete(word);
  typos.delete("");
  return [...typos];
}

/** A document whose kinds are those that `key` goes with. */
export function contextOf(key: ConfigKey): object {
  const least = { data: { label: "y" } };
  if (!key.only) return least;
  const parts = key.only.path.split(".");
  return { ...least, ...nested(parts, key.only.kinds[0]) };
}

/** {a: {b: value}} for a.b */
function nested(parts: readonly string[], value: unknown): Record<string, unknown> {
  return parts.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Record<string, unknown>;
}
