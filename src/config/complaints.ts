// From what the schema refused to the one message a person reads: place, expectation, value, and a way out.

import { nearest, type PulloneError, quote } from "../errors.ts";
import { type ConfigKey, hintForUnknownKey, keysAt, unknownKey, valueAt } from "./keys.ts";
import { invalid, type JsonPath, offsetInDocument, printPath } from "./places.ts";
import { quoteSettled, type SettledDocument, settingAt, whereSettled } from "./settings.ts";

/** What this file needs to know of an issue; the issues of the schema library have this shape. */
export interface SchemaIssue {
  readonly type: string;
  readonly message: string;
  readonly expected: string | null;
  readonly path?: readonly { readonly key?: unknown }[] | undefined;
  readonly issues?: readonly SchemaIssue[] | undefined;
}

interface Complaint {
  readonly issue: SchemaIssue;
  readonly path: JsonPath;
  readonly about: "unknown" | "value" | "missing";
}

/**
 * One complaint of several: an unknown key first, because it explains a missing one; else the first in the text; a
 * missing key last.
 */
export function complaintOf(
  settled: SettledDocument,
  issues: readonly SchemaIssue[],
  keys: readonly ConfigKey[],
): PulloneError {
  const urgency = { unknown: 0, value: 1, missing: 2 };
  let worst: Complaint | undefined;
  for (const issue of issues) {
    const complaint = read(issue);
    const order = worst
      ? urgency[complaint.about] - urgency[worst.about] ||
        offsetOf(settled, complaint.path) - offsetOf(settled, worst.path)
      : -1;
    if (order < 0) worst = complaint;
  }
  const { issue, path, about } = worst!;
  switch (about) {
    case "unknown": {
      const parent = path.slice(0, -1);
      // A key of no kind at all explains one of another kind: with "kinz": "step" the kind is not "step".
      const unknown = unknownKey(keys, parent, settled.value) ?? path.at(-1)!;
      const wrong = [...parent, unknown];
      const expected = `a key of ${parent.length === 0 ? "the configuration" : printPath(parent)}`;
      const hint = hintForUnknownKey(keys, wrong, settled.value);
      return invalid(whereSettled(settled, wrong, "key"), expected, quote(unknown), hint);
    }
    case "missing": {
      const [key] = firstRequired(keys, path, settled.value);
      const missing = key?.path.split(".") ?? path;
      const hint = key ? `${key.path} is ${key.meaning}` : undefined;
      return invalid(whereSettled(settled, missing), key?.expected ?? issue.message, "nothing", hint);
    }
    case "value": {
      const isSetting = settingAt(settled.settings, path) !== undefined;
      const hint = hintFor(issue, valueAt(settled.value, path), isSetting);
      return invalid(whereSettled(settled, path), issue.message, quoteSettled(settled, path), hint);
    }
  }
}

/** The issue with its whole path; of a union that fits nowhere, the one that lies deepest. */
function read(issue: SchemaIssue): Complaint {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key)));
  const inner = issue.issues?.find((other) => other.path && other.path.length > 0);
  if (inner) {
    const below = read(inner);
    return { ...below, path: [...path, ...below.path] };
  }
  const isAboutKeys = issue.type === "strict_object" && path.length > 0 && issue.expected !== "Object";
  if (!isAboutKeys) return { issue, path, about: "value" };
  return { issue, path, about: issue.expected === "never" ? "unknown" : "missing" };
}

function offsetOf(settled: SettledDocument, path: JsonPath): number {
  if (settingAt(settled.settings, path)) return -1;
  return offsetInDocument(settled.document, path) ?? Number.MAX_SAFE_INTEGER;
}

/** The key at `path`, or the first key below it that has to be given. */
function firstRequired(keys: readonly ConfigKey[], path: JsonPath, config: unknown): ConfigKey[] {
  return keysAt(keys, path, config).flatMap((key) => {
    if (!key.isSection) return [key];
    const below = keys.filter(({ path: other, required }) => required && other.startsWith(`${key.path}.`));
    return below.length > 0 ? below : [key];
  });
}

function hintFor(issue: SchemaIssue, value: unknown, isSetting: boolean): string | undefined {
  if (typeof value !== "string") return undefined;
  if (["picklist", "literal", "variant", "union"].includes(issue.type)) {
    const choices = Array.from(issue.message.matchAll(/"([^"]+)"/g), (match) => match[1]!);
    const meant = nearest(value, choices);
    if (meant) return `did you mean "${meant}"?`;
  }
  if (isSetting) return undefined;
  const isNumber = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value);
  return isNumber && issue.message.includes(" number ") ? `write ${value} without quotes` : undefined;
}

/** The complaint about a rule between keys. */
export function complaintOfRule(
  settled: SettledDocument,
  rule: {
    readonly path: JsonPath;
    readonly expected: string;
    readonly got: string;
    readonly hint?: string | undefined;
  },
): PulloneError {
  return invalid(whereSettled(settled, rule.path), rule.expected, rule.got, rule.hint);
}
