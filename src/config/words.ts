// The words a configuration schema is written in, and the only use of the schema library: each word gives a type, its
// bounds, and the one sentence that messages, editors and the page of keys say about it.

import * as v from "valibot";
import { limits } from "../data/limits.ts";
import { emptyJsonObject } from "./jsonc.ts";
import { oneOf } from "./keys.ts";

// The words say only what they give: the declarations of a schema made of them are then a tenth as long.
export { exactOptional, type InferOutput, nullable, optional, safeParse } from "valibot";

/** An object with these keys and no others. */
export function section<const E extends v.ObjectEntries>(entries: E, words = "an object") {
  return refuseArrays(v.strictObject(entries, words));
}

/** valibot takes an array for an object; a configuration must not. */
function refuseArrays<S extends v.GenericSchema>(schema: S): S {
  const run: S["~run"] = (dataset, config) =>
    schema["~run"](Array.isArray(dataset.value) ? { typed: false, value: undefined } : dataset, config);
  return { ...schema, "~run": run };
}

/** One of several sections; the `kind` at `key` chooses. */
export function variant<const K extends string, const O extends v.VariantOptions<K>>(
  key: K,
  kinds: readonly string[],
  options: O,
  meaning: string,
): v.GenericSchema<v.InferInput<O[number]>, v.InferOutput<O[number]>> {
  const words = (issue: v.BaseIssue<unknown>) => (issue.path ? oneOf(kinds) : "an object");
  return v.pipe(v.variant(key, options, words), v.description(meaning));
}

/** The one value that chooses a section of a variant. */
export function kind<const T extends string>(name: T, meaning: string): v.GenericSchema<T> {
  return v.pipe(v.literal(name, `"${name}"`), v.description(meaning));
}

/** The schema with a meaning for editors and the page of keys. */
export function described<S extends v.GenericSchema>(
  schema: S,
  meaning: string,
): v.GenericSchema<v.InferInput<S>, v.InferOutput<S>> {
  return v.pipe(schema, v.description(meaning));
}

/** One of these texts. */
export function choice<const T extends readonly string[]>(
  choices: T,
  meaning: string,
): v.GenericSchema<T[number]> {
  return v.pipe(v.picklist(choices, oneOf(choices)), v.description(meaning));
}

/** One choice, or a list of choices. */
export function choiceOrList<const T extends readonly string[]>(
  choices: T,
  meaning: string,
): v.GenericSchema<T[number] | T[number][]> {
  const item = v.picklist(choices, oneOf(choices));
  return v.pipe(
    v.union([item, v.array(item)], `${oneOf(choices)}, or a list of these`),
    v.description(meaning),
  );
}

/** One of these texts, or a whole number, low <= x <= high. */
export function choiceOrWhole<const T extends readonly string[]>(
  choices: T,
  low: number,
  high: number,
  meaning: string,
): v.GenericSchema<T[number] | number> {
  const words = `${oneOf(choices)}, or a whole number from ${low} to ${high}`;
  const number = v.pipe(v.number(words), v.integer(words), v.minValue(low, words), v.maxValue(high, words));
  return v.pipe(v.union([v.picklist(choices, words), number], words), v.description(meaning));
}

/** True or false. */
export function flag(meaning: string): v.GenericSchema<boolean> {
  return v.pipe(v.boolean("true or false"), v.description(meaning));
}

const positiveZero = v.transform((x: number) => x + 0); // -0 becomes 0

/** low < x <= high */
export function above(low: number, high: number, meaning: string, or = ""): v.GenericSchema<number> {
  const words = `${or}a number above ${low} and at most ${high}`;
  return v.pipe(v.number(words), v.gtValue(low, words), v.maxValue(high, words), v.description(meaning));
}

/** low <= x <= high */
export function between(low: number, high: number, meaning: string): v.GenericSchema<number> {
  const words = `a number from ${low} to ${high}`;
  const number = v.pipe(v.number(words), v.minValue(low, words), v.maxValue(high, words));
  return v.pipe(number, v.description(meaning), positiveZero);
}

/** 0 <= x < 1 */
export function fraction(meaning: string): v.GenericSchema<number> {
  const words = "a number of at least 0 and below 1";
  const number = v.pipe(v.number(words), v.minValue(0, words), v.ltValue(1, words));
  return v.pipe(number, v.description(meaning), positiveZero);
}

/** Whole, low <= x <= high; -0 is refused. */
export function whole(low: number, high: number, meaning: string): v.GenericSchema<number> {
  const words = `a whole number from ${low} to ${high}`;
  const number = v.pipe(v.number(words), v.integer(words), v.minValue(low, words), v.maxValue(high, words));
  const isNotNegativeZero = v.check((x: number) => !Object.is(x, -0), words);
  return v.pipe(number, isNotNegativeZero, v.description(meaning));
}

/** Text of 1 to `most` characters that is not blank and has nothing that `refused` matches. */
export function text(words: string, most: number, refused: RegExp, meaning: string): v.GenericSchema<string> {
  const sentence = `${words} of 1 to ${most} characters`;
  const isUsable = v.check((x: string) => x.trim() !== "" && !refused.test(x), sentence);
  const string = v.pipe(v.string(sentence), v.minLength(1, sentence), v.maxLength(most, sentence));
  return v.pipe(string, isUsable, v.description(meaning));
}

const folderNameWords = 'a name of 1 to 64 of A-Z a-z 0-9 . _ - (no dot at an end, no device such as "CON")';
const folderNamePattern = /^(?!\.)[A-Za-z0-9._-]{1,64}(?<!\.)$/;
const reservedNames = /^(?:(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?|__proto__|constructor|prototype)$/i;

function plainName() {
  const isFree = v.check((x: string) => !reservedNames.test(x), folderNameWords);
  return v.pipe(v.string(folderNameWords), v.regex(folderNamePattern, folderNameWords), isFree);
}

/** Text that is a folder name on every system: no device of Windows, nothing that means something to JavaScript. */
export function folderName(meaning: string): v.GenericSchema<string> {
  return v.pipe(plainName(), v.description(meaning));
}

/** What is expected of `name` as a folder name; undefined when it is one. */
export function faultOfName(name: string): string | undefined {
  return folderNamePattern.test(name) && !reservedNames.test(name) ? undefined : folderNameWords;
}

/** The longest path that Linux opens. */
export const LONGEST_PATH = 4_096;

/** A path of a file that is read: on some systems anything but a NUL may stand in it. */
export function path(meaning: string): v.GenericSchema<string> {
  return text("a path", LONGEST_PATH, /\0/, meaning);
}

/** A name that a column of a table may have. */
export function column(meaning: string): v.GenericSchema<string> {
  return text("a column name", limits.nameLength, /\0/, meaning);
}

/** A list of different texts. */
export function texts(least: number, meaning: string): v.GenericSchema<string[]> {
  const words = `a list of ${least} to ${limits.classes} different texts`;
  const areDifferent = v.check((list: string[]) => new Set(list).size === list.length, words);
  const list = v.pipe(v.array(v.string("text"), words), v.minLength(least, words));
  return v.pipe(list, v.maxLength(limits.classes, words), areDifferent, v.description(meaning));
}

/** Units of layers: a list of whole numbers. */
export function units(mostLayers: number, mostUnits: number, meaning: string): v.GenericSchema<number[]> {
  const words = `a list of at most ${mostLayers} whole numbers from 1 to ${mostUnits}`;
  const list = v.array(whole(1, mostUnits, "units"), words);
  return v.pipe(list, v.maxLength(mostLayers, words), v.description(`units ${meaning}`));
}

/** Names out of the data to values; without a prototype, because a column may be called toString. */
export function named<S extends v.GenericSchema>(
  value: S,
  meaning: string,
): v.GenericSchema<Record<string, v.InferOutput<S>>> {
  const record = refuseArrays(v.record(column("a name out of the data"), value, "an object"));
  const bare = v.transform((x: v.InferOutput<typeof record>) =>
    Object.assign(emptyJsonObject() as typeof x, x),
  );
  return v.pipe(record, v.description(meaning), bare);
}

/** One choice, or numbers by name. */
export function choiceOrNamed<const T extends readonly string[], S extends v.GenericSchema>(
  choices: T,
  value: S,
  meaning: string,
): v.GenericSchema<T[number] | Record<string, v.InferOutput<S>>> {
  const words = `${oneOf(choices)}, or an object of names and numbers`;
  const options = [v.picklist(choices, oneOf(choices)), named(value, meaning)] as const;
  return v.pipe(v.union(options, words), v.description(meaning));
}

/** An object of any keys, to be checked by whoever knows them. */
function anyObject(words: string) {
  return refuseArrays(v.record(v.string(), v.unknown(), words));
}

/** A path of a file, or a document in its place. */
export function pathOrDocument(meaning: string) {
  const words = "a path of 1 to 4096 characters, or an object";
  return v.pipe(v.union([path(meaning), anyObject(words)], words), v.description(meaning));
}

/** Plain names to objects of any keys. */
export function documentsByName(meaning: string) {
  return v.pipe(
    refuseArrays(v.record(plainName(), anyObject("an object"), "an object")),
    v.description(meaning),
  );
}

/** Different whole numbers, low <= x <= high, or how many of them, counted from 1. */
export function wholesOrCount(most: number, low: number, high: number, meaning: string) {
  const words = `a count from 1 to ${most}, or a list of 1 to ${most} different whole numbers`;
  const list = v.pipe(v.array(whole(low, high, "one of them"), words), v.minLength(1, words));
  const areDifferent = v.check((items: number[]) => new Set(items).size === items.length, words);
  const numbers = v.pipe(list, v.maxLength(most, words), areDifferent);
  return v.pipe(v.union([whole(1, most, "how many"), numbers], words), v.description(meaning));
}

/** Some of these texts, each at most once. */
export function choices<const T extends readonly string[]>(known: T, meaning: string) {
  const words = `a list of different ones of ${known.map((name) => `"${name}"`).join(", ")}`;
  const list = v.pipe(v.array(v.picklist(known, oneOf(known)), words), v.minLength(1, words));
  const areDifferent = v.check((items: T[number][]) => new Set(items).size === items.length, words);
  return v.pipe(list, areDifferent, v.description(meaning));
}
