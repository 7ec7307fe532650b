// JSON as it goes to standard output: a terminal shows it as safely as a program reads it.

import { escapeUnprintable } from "../errors.ts";

/** The same JSON with every control, invisible or direction-changing character as an escape: it says the same. */
export function escapeJson(json: string): string {
  const unit = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  // A line end of JSON stands between its values.
  return escapeUnprintable(json, (character) => (character === "\n" ? character : unit(character)));
}

export function jsonText(value: unknown, indent?: number): string {
  return escapeJson(JSON.stringify(value, null, indent));
}

/** One document, as `--json` prints it. */
export const jsonDocument = (value: unknown): string => `${jsonText(value, 2)}\n`;
