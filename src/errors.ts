// The one error class, and how a message quotes text that came from outside.

/** What went wrong, in one word that stays the same for programs; the command line maps each to an exit code. */
export type ErrorCode =
  | "usage_invalid"
  | "data_invalid"
  | "input_unreadable"
  | "internal"
  | "output_uncreatable"
  | "io_failed"
  | "busy"
  | "model_invalid"
  | "config_invalid"
  | "quality_missed"
  | "training_diverged";

/**
 * An error a person can act on: `<where>: expected <what>, got <value>`, lower case, no full stop, and at most
 * one hint that names a way out.
 */
export class PulloneError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, hint?: string) {
    super(message);
    this.name = "PulloneError";
    this.code = code;
    this.hint = hint;
  }
}

const LONGEST_QUOTE = 40;

// C0 and C1 controls, bidirectional overrides, zero-width and line separators, lone surrogates, BOM.
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not reach a terminal
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text with every control, invisible or direction-changing character replaced. */
export function escapeUnprintable(text: string, replace: (character: string) => string): string {
  return text.replace(UNPRINTABLE, replace);
}

/** The text with every control, invisible or direction-changing character written as `\u{…}`. */
export function printable(text: string): string {
  return escapeUnprintable(text, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\r") return "\\r";
    if (character === "\t") return "\\t";
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}

/** A value for a message: in double quotes when it is text, printable, cut at 40 characters. */
export function quote(value: unknown): string {
  if (typeof value === "string") return `"${cut(printable(value))}"`;
  if (typeof value === "number" || typeof value === "boolean" || value == null) return String(value);
  return cut(printable(JSON.stringify(value) ?? typeof value));
}

function cut(text: string): string {
  const characters = Array.from(text.slice(0, 2 * LONGEST_QUOTE + 2));
  return characters.length > LONGEST_QUOTE ? `${characters.slice(0, LONGEST_QUOTE).join("")}…` : text;
}

/** Closes a switch over a closed union: adding a kind then fails to compile. */
export function assertNever(value: never, what: string): never {
  throw new PulloneError("internal", `${what}: expected a known kind, got ${quote(value)}`);
}

/** The name among `known` that was probably meant (of equals the first), or undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.slice(0, 100).toLowerCase();
  let best: string | undefined;
  // Two edits turn any word of two letters into any other, so the shortest words may differ by one.
  let bestDistance = (wanted.length <= 3 ? 1 : Math.max(2, Math.floor(wanted.length / 3))) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase().slice(0, 100));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** The hint for a name that is not known: `did you mean "species"?`; undefined when none is near. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const meant = nearest(word, known);
  return meant === undefined ? undefined : `did you mean ${quote(meant)}?`;
}

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. Source: Damerau (1964). */
function editDistance(a: string, b: string): number {
  let twoAgo: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(previous[j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, twoAgo[j - 2]! + 1);
      }
    }
    twoAgo = previous;
    previous = row;
  }
  return previous[b.length]!;
}
