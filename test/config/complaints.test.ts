// From an issue of a schema, any schema, to the one message a person reads.
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { complaintOf, type SchemaIssue } from "../../src/config/complaints.ts";
import { classNotes } from "../../src/config/document.ts";
import { parseJsonc } from "../../src/config/jsonc.ts";
import { type ConfigKey, unknownKey } from "../../src/config/keys.ts";
import { lineAndColumn, whereInDocument } from "../../src/config/places.ts";
import { quoteSettled, settle } from "../../src/config/settings.ts";
import { choices, faultOfName } from "../../src/config/words.ts";
import { complaintAbout, documentWith, thrownBy } from "./complaint.ts";

const key = (path: string, more: Partial<ConfigKey> = {}): ConfigKey => ({
  ...{ path, expected: "a thing", meaning: "what it is for", fallback: undefined, required: true },
  ...{ isSection: false, isText: false, isChooser: false, only: undefined },
  ...more,
});
const missing = (path: readonly string[]): SchemaIssue => ({
  ...{ type: "strict_object", message: "an issue's own words", expected: '"x"' },
  path: path.map((part) => ({ key: part })),
});
const told = (keys: readonly ConfigKey[], ...issues: readonly SchemaIssue[]) =>
  thrownBy(() => {
    throw complaintOf(settle("{}", [], "c.jsonc", keys), issues, keys);
  });

describe("a missing key", () => {
  test("is told with what it takes and what it is for", () => {
    expect(told([key("lamp")], missing(["lamp"]))).toEqual({
      code: "config_invalid",
      message: "c.jsonc:1:1 lamp: expected a thing, got nothing",
      hint: "lamp is what it is for",
    });
  });
  test("of a section is the first one below it that has to be given, else the section", () => {
    const section = key("lamp", { isSection: true, expected: "an object" });
    const spare = key("lamp.shade", { required: false });
    expect(told([section, spare, key("lamp.bulb")], missing(["lamp"])).message).toBe(
      "c.jsonc:1:1 lamp.bulb: expected a thing, got nothing",
    );
    expect(told([section, spare], missing(["lamp"])).message).toBe(
      "c.jsonc:1:1 lamp: expected an object, got nothing",
    );
  });
  test("that is on no list is told in the words of the issue", () => {
    expect(told([], missing(["lamp"]))).toEqual({
      code: "config_invalid",
      message: "c.jsonc:1:1 lamp: expected an issue's own words, got nothing",
    });
  });
  test("of several is the first that the schema names", () => {
    expect(complaintAbout({ split: { kind: "column" } }).message).toBe(
      "c.jsonc:1:1 data.label: expected a column name of 1 to 256 characters, got nothing",
    );
    expect(told([key("b"), key("a")], missing(["b"]), missing(["a"])).message).toContain(" b: ");
  });
});

test("of wrong values in the file and in settings, the one of a setting is told", () => {
  const document = documentWith({ seed: -1 });
  expect(complaintAbout(document, ["train.epochs=0"]).message).toMatch(/^--set train\.epochs: expected/);
  expect(complaintAbout(document).message).toMatch(/^c\.jsonc:1:\d+ seed: expected/);
});

test("a section that is not there has no unknown key, and a value that is not there is nothing", () => {
  expect(unknownKey([key("model.units")], ["model"], {})).toBeUndefined();
  expect(quoteSettled(settle("{}", [], "c.jsonc", []), ["seed"])).toBe("nothing");
});

test("a path below a value that has nothing below it is placed where that value stands", () => {
  const list = parseJsonc('{ "seeds": [7] }', "c.jsonc");
  expect(whereInDocument(list, ["seeds", 0], "key")).toBe("c.jsonc:1:13 seeds[0]");
  expect(whereInDocument(list, ["seeds"], "key")).toBe("c.jsonc:1:3 seeds");
  expect(whereInDocument(list, ["seeds"])).toBe("c.jsonc:1:12 seeds");
  expect(whereInDocument(parseJsonc('{ "seed": 7 }', "c.jsonc"), ["seed", "x"])).toBe("c.jsonc:1:11 seed.x");
});

test("a line ends in LF, CRLF or CR, also the first one, of nothing", () => {
  const places = (text: string) => Array.from(text, (_, offset) => lineAndColumn(text, offset));
  expect(places("\na\r\nb\rc")).toEqual(["1:1", "2:1", "2:2", "2:3", "3:1", "3:2", "4:1"]);
});

test("classes are noted below the label, under the note of their key or a plain one", () => {
  const notes = classNotes(["a", "b"], (path) =>
    path.at(-1) === "label" ? { above: "the label" } : undefined,
  );
  expect(notes(["data", "label"])).toEqual({
    above: "the label",
    below: ["the classes in order:", '"classes": ["a", "b"],'],
  });
  expect(notes(["data", "file"])).toBeUndefined();
});

test("what may stand in a list of choices is told, each in quotes", () => {
  const { issues } = v.safeParse(choices(["a", "b"], "letters"), 3);
  expect(issues?.[0].message).toBe('a list of different ones of "a", "b"');
});

test("a folder name is one on every system", () => {
  for (const name of ["a", "A-1.b_c", "x".repeat(64), "console"]) expect(faultOfName(name)).toBeUndefined();
  for (const name of ["", ".a", "a.", "a/b", "x".repeat(65), "CON", "nul.txt", "com1", "__proto__"]) {
    expect(faultOfName(name), name).toMatch(/^a name of 1 to 64 of/);
  }
});
