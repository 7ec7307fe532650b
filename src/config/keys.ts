// Every key of the configuration as a flat list, read off the schema; and which key a mistyped one was meant to be.

import { nearest } from "../errors.ts";
import { isJsonObject } from "./jsonc.ts";
import type { JsonPath } from "./places.ts";

/** What this file needs to know of a schema; the schemas of the library have this shape. */
interface SchemaShape {
  readonly type: string;
  readonly message?: unknown;
  readonly default?: unknown;
  readonly wrapped?: unknown;
  readonly entries?: unknown;
  readonly options?: readonly unknown[];
  readonly key?: unknown;
  readonly value?: unknown;
  readonly literal?: unknown;
  readonly pipe?: readonly unknown[];
}

/** One key. Two keys may share a path when they go with different kinds: `split.test` of "stratified" and "files". */
export interface ConfigKey {
  /** `*` stands for a name out of the data: `data.columns.*.kind`. */
  readonly path: string;
  /** The values it takes, in words. */
  readonly expected: string;
  readonly meaning: string;
  /** Undefined when there is no default: see `required`. */
  readonly fallback: unknown;
  readonly required: boolean;
  /** The value is an object with keys of its own. */
  readonly isSection: boolean;
  /** The value is text and nothing else, so `--set` takes it without quotes. */
  readonly isText: boolean;
  /** The value chooses which keys may stand beside it; the meaning says what each choice is. */
  readonly isChooser: boolean;
  /** The key means something only with these kinds. */
  readonly only: KindCondition | undefined;
}

export interface KindCondition {
  /** The key that chooses: "train.optimizer". */
  readonly path: string;
  readonly kinds: readonly string[];
}

/** `one of "a", "b" or "c"` */
export function oneOf(choices: readonly string[]): string {
  return `one of ${either(choices.map((choice) => `"${choice}"`))}`;
}

/** `a, b or c` */
function either(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join() : `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}

/** Every key under `schema`, in the order of the document; a section stands before its keys. */
export function listKeys(schema: unknown, parent = "", only?: KindCondition): ConfigKey[] {
  const shape = unwrap(schema);
  const under = (name: string) => (parent === "" ? name : `${parent}.${name}`);
  if (shape.entries) {
    return Object.entries(shape.entries).flatMap(([name, entry]) => listKey(entry, under(name), only));
  }
  if (shape.type === "record") return listKey(shape.value, under("*"), only);
  if (shape.type === "union") return shape.options!.flatMap((option) => listKeys(option, parent, only));
  if (shape.type !== "variant") return [];

  const chooser = String(shape.key);
  const options = shape.options!.map((option) => {
    const entries = unwrap(option).entries as Record<string, SchemaShape>;
    const choice = entries[chooser]!;
    return { entries, kind: String(unwrap(choice).literal), meaning: descriptionOf(choice) };
  });
  const seen = new Set<SchemaShape>();
  return options.flatMap(({ entries, kind: here }) =>
    Object.entries(entries).flatMap(([name, entry]) => {
      if (name === chooser) {
        if (here !== options[0]!.kind) return [];
        const expected = oneOf(options.map(({ kind }) => kind));
        const meaning = options.map(({ kind, meaning }) => `${kind}: ${meaning}`).join("; ");
        return listKey(entry, under(name), only).map((key) => ({
          ...key,
          expected,
          meaning,
          isChooser: true,
        }));
      }
      if (seen.has(entry)) return [];
      seen.add(entry);
      const kinds = options.filter((option) => option.entries[name] === entry).map(({ kind }) => kind);
      return listKey(
        entry,
        under(name),
        kinds.length === options.length ? only : { path: under(chooser), kinds },
      );
    }),
  );
}

function listKey(schema: unknown, path: string, only: KindCondition | undefined): ConfigKey[] {
  const outer = schema as SchemaShape;
  const shape = unwrap(schema);
  const inner = listKeys(schema, path, only);
  const key: ConfigKey = {
    path,
    expected: typeof shape.message === "string" ? shape.message : "an object",
    meaning: descriptionOf(outer) ?? "",
    fallback: outer.default,
    required: !outer.type.endsWith("optional") && !path.endsWith("*"),
    isSection: inner.length > 0,
    isText: ["string", "picklist", "literal"].includes(shape.type),
    isChooser: false,
    only,
  };
  return [key, ...inner];
}

/** The schema behind `optional` and `nullable`. */
function unwrap(schema: unknown): SchemaShape {
  const shape = schema as SchemaShape;
  return shape.wrapped === undefined ? shape : unwrap(shape.wrapped);
}

function descriptionOf(shape: SchemaShape): string | undefined {
  const item = shape.pipe?.find((action) => (action as { type: string }).type === "description");
  if (item) return (item as { description: string }).description;
  return shape.wrapped === undefined ? undefined : descriptionOf(shape.wrapped as SchemaShape);
}

/** The keys at `path` that go with the kinds chosen in `config`; a name out of the data matches `*`. */
export function keysAt(keys: readonly ConfigKey[], path: JsonPath, config: unknown): ConfigKey[] {
  return keys.filter((key) => matches(key.path, path) && applies(key, keys, config));
}

function matches(pattern: string, path: JsonPath): boolean {
  const parts = pattern.split(".");
  return parts.length === path.length && parts.every((part, i) => part === "*" || part === path[i]);
}

function applies(key: ConfigKey, keys: readonly ConfigKey[], config: unknown): boolean {
  if (!key.only) return true;
  const chosen =
    valueAt(config, key.only.path.split(".")) ?? keys.find(({ path }) => path === key.only!.path)!.fallback;
  return key.only.kinds.includes(String(chosen));
}

/** The first name in the object at `parent` that is a key of no kind. */
export function unknownKey(
  keys: readonly ConfigKey[],
  parent: JsonPath,
  config: unknown,
): string | undefined {
  const names = Object.keys(valueAt(config, parent) ?? {});
  return names.find((name) => !keys.some((key) => matches(key.path, [...parent, name])));
}

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>((inner, part) => {
    if (Array.isArray(inner)) return inner[Number(part)];
    return isJsonObject(inner) && Object.hasOwn(inner, part) ? inner[part] : undefined;
  }, value);
}

/**
 * A hint for an unknown key: it goes with another kind, it belongs to another place, or it is nearly a key of this
 * place (one that is not given yet, if there is a choice).
 */
export function hintForUnknownKey(
  keys: readonly ConfigKey[],
  path: JsonPath,
  config: unknown,
): string | undefined {
  const word = String(path.at(-1));
  const parent = path.slice(0, -1);
  const nameOf = (key: ConfigKey) => key.path.slice(key.path.lastIndexOf(".") + 1);
  const parentOf = (key: ConfigKey) => key.path.slice(0, Math.max(0, key.path.lastIndexOf(".")));
  const siblings = keys.filter((key) => nameOf(key) !== "*" && matches(key.path, [...parent, nameOf(key)]));
  const conditions = siblings.filter((key) => nameOf(key) === word).map((key) => key.only!);
  if (conditions.length > 0) {
    const kinds = conditions.flatMap((condition) => condition.kinds);
    return `"${word}" goes with ${conditions[0]!.path} ${either(kinds.map((kind) => `"${kind}"`))}`;
  }
  const elsewhere = keys.filter((key) => nameOf(key) !== "*" && !siblings.includes(key));
  const exact = elsewhere.filter((key) => nameOf(key) === word);
  if (exact.length > 0) {
    const places = [...new Set(exact.map((key) => parentOf(key) || "the top level"))];
    return `"${word}" belongs to ${either(places)}`;
  }
  const given = valueAt(config, parent);
  const isGiven = (key: ConfigKey) => isJsonObject(given) && Object.hasOwn(given, nameOf(key));
  const rank = (key: ConfigKey) => (applies(key, keys, config) ? 0 : 2) + (isGiven(key) ? 1 : 0);
  const ranked = [0, 1, 2, 3].flatMap((r) => siblings.filter((key) => rank(key) === r).map(nameOf));
  const meant = nearest(word, ranked);
  if (meant) return `did you mean "${meant}"?`;
  const far = nearest(word, elsewhere.map(nameOf));
  if (far) return `did you mean "${elsewhere.find((key) => nameOf(key) === far)!.path}"?`;
  return siblings.length > 0 && siblings.length <= 12
    ? `the keys of this place are ${[...new Set(siblings.map(nameOf))].join(", ")}`
    : undefined;
}
