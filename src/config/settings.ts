// Where each value of a configuration comes from: a document, and over it the settings of the command line.

import { PulloneError, quote } from "../errors.ts";
import {
  emptyJsonObject,
  isForbiddenKey,
  isJsonObject,
  type JsonObject,
  jsoncLimits,
  parseJsonc,
} from "./jsonc.ts";
import { type ConfigKey, keysAt, valueAt } from "./keys.ts";
import {
  invalid,
  type JsonDocument,
  type JsonPath,
  printPath,
  quoteInDocument,
  whereInDocument,
} from "./places.ts";

/** One `path=value` of the command line; `text` is the value as it was written. */
export interface Setting {
  readonly path: readonly string[];
  readonly text: string;
  /** What was typed in place of `--set path`, such as `--seed`. */
  readonly option?: string;
}

/** A document with settings applied over it; what they did not touch keeps its place in the text. */
export interface SettledDocument {
  readonly value: unknown;
  readonly document: JsonDocument;
  readonly settings: readonly Setting[];
}

/**
 * Reads `train.learningRate=0.1`; a name with dots stands in quotes: `data.columns."a.b".kind=numeric`.
 *
 * @throws {PulloneError} usage_invalid when it has no path or no `=`
 */
export function parseSetting(written: string): Setting {
  const part = /(?:("(?:[^"\\]|\\.)*")|([^."=\s][^."=]*))([.=])/y;
  const path: string[] = [];
  for (let match = part.exec(written); match; match = part.exec(written)) {
    path.push(match[1] === undefined ? match[2]!.trim() : unquote(match[1]));
    if (match[3] === "=") return { path, text: written.slice(part.lastIndex) };
  }
  throw new PulloneError(
    "usage_invalid",
    `--set: expected path=value, got ${quote(written)}`,
    "for example --set train.learningRate=0.1",
  );
}

/** A setting as it is, or one that is still as it was written. */
export function asSetting(setting: string | Setting): Setting {
  return typeof setting === "string" ? parseSetting(setting) : setting;
}

function unquote(written: string): string {
  try {
    return String(JSON.parse(written));
  } catch {
    return written;
  }
}

/**
 * Applies settings, in order, over a document: the text of a file, or an object of a program.
 *
 * A setting that chooses another kind (`train.optimizer`, `split.kind`, `train.schedule.kind`) also forgets the keys
 * beside it that go with the old one: the learning rate of sgd is none for adam.
 *
 * @throws {PulloneError} config_invalid for a text that is no JSON with comments, usage_invalid for a broken setting
 */
export function settle(
  document: string | object,
  settings: readonly (string | Setting)[],
  source: string,
  keys: readonly ConfigKey[],
): SettledDocument {
  const read = typeof document === "string" ? parseJsonc(document, source) : documentOf(document, source);
  const parsed = settings.map(asSetting);
  if (!isJsonObject(read.value)) return { value: read.value, document: read, settings: [] };
  const value = copy(read.value, (path) => whereInDocument(read, path)) as JsonObject;
  for (const setting of parsed) applySetting(value, setting, keys);
  for (const setting of parsed) forgetOtherKinds(value, read.value, setting, parsed, keys);
  return { value, document: read, settings: parsed };
}

/** Sets one value in `document`, making the objects on the way; overwrites `document`. */
function applySetting(document: JsonObject, setting: Setting, keys: readonly ConfigKey[]): void {
  let inner = document;
  setting.path.forEach((name, depth) => {
    refuseForbidden(name, () => whereOfSetting(setting));
    if (depth === setting.path.length - 1) {
      inner[name] = settingValue(setting, keys);
      return;
    }
    if (!isJsonObject(inner[name])) inner[name] = emptyJsonObject();
    inner = inner[name] as JsonObject;
  });
}

/** JSON; plain text where only text is meant, or where the value is no JSON at all. */
function settingValue(setting: Setting, keys: readonly ConfigKey[]): unknown {
  const written = setting.text.trim();
  const isText = keysAt(keys, setting.path, undefined).every((key) => key.isText);
  if (isText && !written.startsWith('"')) return setting.text;
  try {
    return parseJsonc(written, whereOfSetting(setting)).value;
  } catch (error) {
    if (/^[[{]/.test(written)) throw error;
    return setting.text;
  }
}

function forgetOtherKinds(
  value: JsonObject,
  before: JsonObject,
  setting: Setting,
  settings: readonly Setting[],
  keys: readonly ConfigKey[],
): void {
  const chooser = setting.path.join(".");
  if (!keys.some((key) => key.only?.path === chooser)) return;
  const parent = setting.path.slice(0, -1);
  const section = valueAt(value, parent) as JsonObject;
  for (const name of Object.keys(section)) {
    const path = [...parent, name];
    const isSet = settings.some((other) => path.every((part, i) => other.path[i] === part));
    const [old] = keysAt(keys, path, before);
    if (old && !isSet && !keysAt(keys, path, value).includes(old)) delete section[name];
  }
}

/** `config.jsonc:12:5 train.learningRate`, or `--set train.learningRate` or `--seed` for what a setting brought. */
export function whereSettled({ document, settings }: SettledDocument, path: JsonPath, at?: "key"): string {
  const setting = settingAt(settings, path);
  return setting ? whereOfSetting(setting) : whereInDocument(document, path, at);
}

/** The value at `path` for a message. */
export function quoteSettled({ value, document, settings }: SettledDocument, path: JsonPath): string {
  const found = valueAt(value, path);
  if (found === undefined) return "nothing";
  const setting = settingAt(settings, path);
  if (!setting) return quoteInDocument(document, path, found);
  return typeof found === "number" && setting.path.length === path.length
    ? quote(setting.text.trim()).slice(1, -1)
    : quote(found);
}

/** The last setting that gave the value at `path`, or a part of it. */
export function settingAt(settings: readonly Setting[], path: JsonPath): Setting | undefined {
  return settings.findLast((setting) => {
    const shared = Math.min(setting.path.length, path.length);
    return shared > 0 && path.slice(0, shared).every((part, i) => setting.path[i] === String(part));
  });
}

/** What was typed to give the setting: `--set train.learningRate`, `--seed`. */
export function whereOfSetting({ option, path }: Setting): string {
  return option ?? `--set ${printPath(path)}`;
}

/** An object of a program as a document: no text, so no lines and columns. */
function documentOf(object: object, source: string): JsonDocument {
  const value = copy(object, (path) => `${source} ${printPath(path)}`);
  return { source, text: "", value, root: undefined };
}

/** A copy without prototypes; keys whose value is undefined are left out. */
function copy(value: unknown, where: (path: JsonPath) => string, path: JsonPath = []): unknown {
  const { depth } = jsoncLimits;
  if (path.length > depth) throw invalid(where(path), `at most ${depth} levels`, "more");
  if (Array.isArray(value)) return value.map((item, i) => copy(item, where, [...path, i]));
  if (!isJsonObject(value)) return value;
  const copied = emptyJsonObject();
  for (const name of Object.keys(value)) {
    refuseForbidden(name, () => where([...path, name]));
    if (value[name] !== undefined) copied[name] = copy(value[name], where, [...path, name]);
  }
  return copied;
}

function refuseForbidden(name: string, where: () => string): void {
  if (isForbiddenKey(name)) throw invalid(where(), "a key of the configuration", quote(name));
}
