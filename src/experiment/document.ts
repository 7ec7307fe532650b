// The document of an experiment: read, checked, and its variants made complete runs.

import { complaintOf } from "../config/complaints.ts";
import { keyNotes, writeCommented } from "../config/document.ts";
import { isJsonObject } from "../config/jsonc.ts";
import { listKeys, valueAt } from "../config/keys.ts";
import { invalid, type JsonPath, printPath, whereInDocument } from "../config/places.ts";
import { type SettledDocument, settle, whereSettled } from "../config/settings.ts";
import { faultOfName, safeParse } from "../config/words.ts";
import { type RunConfig, resolveRunConfig } from "../config.ts";
import { PulloneError, quote } from "../errors.ts";
import { type ExperimentWords, experimentLimits, experimentSchema } from "./schema.ts";

const experimentKeys = listKeys(experimentSchema);

/** A document that fits its schema; what it says of runs is not yet checked. */
export interface ExperimentDocument {
  readonly words: ExperimentWords;
  readonly settled: SettledDocument;
}

/** A variant, ready to be trained but for seed and rows. */
export interface Variant {
  readonly name: string;
  readonly config: RunConfig;
}

/**
 * Reads the text of an experiment: JSON with comments, over it settings such as "folds.repeats=2".
 *
 * @param source for messages: the name of the file
 * @throws {PulloneError} config_invalid with line, column and path; usage_invalid for a broken setting
 */
export function parseExperiment(
  content: string,
  settings: readonly string[],
  source: string,
): ExperimentDocument {
  const settled = settle(content, settings, source, experimentKeys);
  assertVariantNames(settled);
  const result = safeParse(experimentSchema, settled.value);
  if (!result.success) throw complaintOf(settled, result.issues, experimentKeys);
  const { $schema: _, ...words } = result.output;
  if (words.heads && words.kind !== "heads") {
    const where = whereSettled(settled, ["heads"], "key");
    throw invalid(where, 'heads only with kind "heads"', `it with kind ${quote(words.kind)}`);
  }
  return { words, settled };
}

/** Names become parts of file names: also where capital letters are not told from small ones. */
function assertVariantNames(settled: SettledDocument): void {
  const variants = valueAt(settled.value, ["variants"]);
  if (!isJsonObject(variants)) return;
  const names = Object.keys(variants);
  const at = (name?: string) =>
    whereSettled(settled, name === undefined ? ["variants"] : ["variants", name], "key");
  if (names.length === 0 || names.length > experimentLimits.variants) {
    throw invalid(at(), `1 to ${experimentLimits.variants} variants`, String(names.length));
  }
  const seen = new Map<string, string>();
  for (const name of names) {
    const fault = faultOfName(name);
    if (fault !== undefined) throw invalid(at(name), fault, quote(name));
    const twin = seen.get(name.toLowerCase());
    if (twin !== undefined) {
      const hint = "their files would have one name where capital letters do not count";
      throw invalid(at(name), `a name other than ${quote(twin)}`, quote(name), hint);
    }
    seen.set(name.toLowerCase(), name);
  }
}

/** The document of the base run inside that of the experiment, with its own lines and columns. */
export function inlineBase({ words, settled }: ExperimentDocument): string | object {
  const place = settled.document.root?.children?.get("base");
  const isSet = settled.settings.some(({ path }) => path[0] === "base");
  if (typeof words.base === "string" || !place || isSet) return words.base as object;
  const { text } = settled.document;
  return text.slice(0, place.start).replace(/[^\r\n]/g, " ") + text.slice(place.start, place.end);
}

/** What the plan decides, so that no variant may. */
const PLANNED: Readonly<Record<string, string>> = {
  name: "the experiment has the name",
  seed: "the seeds stand in seeds",
  split: "the folds stand in folds; the share that chooses the epoch is split.validation of the base",
  "data.file": "all variants are judged on the same rows",
  "data.label": "all variants are judged on the same rows",
  "data.missingLabel": "all variants are judged on the same rows",
};

/**
 * Each variant over the base, complete and checked.
 *
 * @param base   the run document: its text, or an object
 * @param source of the base, for messages
 * @throws {PulloneError} config_invalid
 */
export function resolveVariants(
  document: ExperimentDocument,
  base: string | object,
  source: string,
): readonly Variant[] {
  resolveRunConfig(base, [], source);
  return Object.entries(document.words.variants).map(([name, changes]) => {
    const settings = Object.entries(changes).flatMap(([key, value]) => flatten(readKey(key), value));
    const where = (path: readonly string[]) =>
      `${whereSettled(document.settled, ["variants", name, ...placeOf(changes, path)])}`;
    for (const { path } of settings) {
      const planned = Object.keys(PLANNED).find((key) => [path[0], path.slice(0, 2).join(".")].includes(key));
      if (planned === undefined) continue;
      throw invalid(where(path), "a key that a variant may change", quote(printPath(path)), PLANNED[planned]);
    }
    return { name, config: resolveVariant(base, settings, source, where) };
  });
}

interface Change {
  readonly path: readonly string[];
  readonly value: unknown;
}

function resolveVariant(
  base: string | object,
  changes: readonly Change[],
  source: string,
  where: (path: readonly string[]) => string,
): RunConfig {
  const texts = changes.map(({ path, value }) => `${path.map(asSetting).join(".")}=${JSON.stringify(value)}`);
  try {
    return resolveRunConfig(base, texts, source);
  } catch (error) {
    // What a change brought is complained of where it stands: in the experiment.
    const [, told, rest] =
      error instanceof PulloneError ? (/^--set ([^:]*)(: .*)$/s.exec(error.message) ?? []) : [];
    if (told === undefined || !(error instanceof PulloneError)) throw error;
    const change = changes.findLast(
      ({ path }) => isAbove(printPath(path), told) || isAbove(told, printPath(path)),
    );
    const path = change?.path ?? [];
    const [place, own] = [where(path), printPath(path)];
    const below = isAbove(own, told) ? told.slice(own.length) : `, ${told}`;
    throw new PulloneError(error.code, `${place}${below}${rest}`, error.hint);
  }
}

function isAbove(upper: string, lower: string): boolean {
  return lower === upper || lower.startsWith(`${upper}.`) || lower.startsWith(`${upper}[`);
}

/** A key of a variant may be a path, as of --set: `model.head`, `data.columns."a.b".kind`. */
function readKey(key: string): readonly string[] {
  const parts = Array.from(key.matchAll(/("(?:[^"\\]|\\.)*")|[^."]+/g), ([part, quoted]) =>
    quoted === undefined ? part : unquote(quoted),
  );
  return parts.length > 0 ? parts : [key];
}

function unquote(written: string): string {
  try {
    return String(JSON.parse(written));
  } catch {
    return written;
  }
}

/** A partial document as single changes: what it does not name stays. */
function flatten(path: readonly string[], value: unknown): Change[] {
  if (!isJsonObject(value) || Object.keys(value).length === 0) return [{ path, value }];
  return Object.entries(value).flatMap(([name, inner]) => flatten([...path, name], inner));
}

function asSetting(part: string): string {
  return /^[\w$-]+$/.test(part) ? part : JSON.stringify(part);
}

/** Where a change stands in the object of its variant: under a key that is a path, or below nested keys. */
function placeOf(changes: Readonly<Record<string, unknown>>, path: readonly string[]): JsonPath {
  for (const key of Object.keys(changes)) {
    const parts = readKey(key);
    if (parts.every((part, i) => path[i] === part)) return [key, ...path.slice(parts.length)];
  }
  return [];
}

/** The document complete, the base in it, as commented text: parsing it gives the same experiment. */
export function writeExperiment(words: ExperimentWords, base: RunConfig): string {
  const complete = { ...words, base };
  const notes = keyNotes(
    experimentKeys.filter(({ path }) => !path.startsWith("base.") && !path.startsWith("variants.")),
    complete,
  );
  return writeCommented(complete, notes);
}

/** Where something of the document stands, for a complaint. */
export function whereInExperiment({ settled }: ExperimentDocument, path: JsonPath): string {
  return settled.settings.length > 0 ? whereSettled(settled, path) : whereInDocument(settled.document, path);
}
