// The vocabulary in which a spec is described, of a model or of a checkpoint: what a value may be, and what is said if not.

import * as v from "valibot";
import { oneOf } from "../config/keys.ts";
import { PulloneError, quote } from "../errors.ts";
import { parseStrictJson } from "./strictjson.ts";

export const text = v.string("text");
export const texts = v.array(text, "a list of texts");
export const finite = v.pipe(v.number("a number"), v.finite("a finite number"));
export const count = whole(0, Number.MAX_SAFE_INTEGER);
export const size = whole(1, Number.MAX_SAFE_INTEGER);
/** A SHA-256. */
export const digest = v.pipe(text, v.regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits"));

export function section<const E extends v.ObjectEntries>(entries: E) {
  return v.strictObject(entries, "an object");
}

export function choice<const T extends readonly string[]>(choices: T) {
  return v.picklist(choices, oneOf(choices));
}

export function whole(least: number, most: number) {
  const words = `a whole number from ${least} to ${most}`;
  return v.pipe(v.number(words), v.safeInteger(words), v.minValue(least, words), v.maxValue(most, words));
}

/**
 * The spec in a JSON text, which must be written in the one way that `check` gives it.
 *
 * @param where begins every message
 * @throws {PulloneError} model_invalid
 */
export function parseWords<T>(json: string, where: string, check: (value: unknown, where: string) => T): T {
  const spec = check(parseStrictJson(json, where, "model_invalid"), where);
  if (JSON.stringify(spec) !== json) throw invalid(where, "the one way this format is written", "another");
  return spec;
}

/** The value as the schema has it, keys in its order. @throws {PulloneError} model_invalid */
export function checkWords<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  where: string,
): v.InferOutput<S> {
  const checked = v.safeParse(schema, value, { abortEarly: true });
  if (!checked.success) throw explain(checked.issues[0], where);
  return checked.output;
}

/** An unknown key, a missing key, or a value that is not what the schema says. */
function explain(issue: v.BaseIssue<unknown>, where: string): PulloneError {
  // Only the last key can be a stranger's.
  const path = (issue.path ?? []).map(({ key }) => (/^\w{1,40}$/.test(String(key)) ? key : quote(key)));
  const place = [where, ...path].join(".");
  if (issue.expected === "never") return invalid(place, "no such key", "one");
  return invalid(place, issue.message, issue.input === undefined ? "nothing" : quote(issue.input));
}

/** The refusal of a spec. */
export function invalid(where: string, expected: string, got: string): PulloneError {
  return new PulloneError("model_invalid", `${where}: expected ${expected}, got ${got}`);
}
