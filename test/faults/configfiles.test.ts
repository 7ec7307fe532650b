// F105 to F113 and F119 to F124: configuration files that cannot be read, broken, hostile, or another language.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diskFiles } from "../../src/cli/disk.ts";
import { run } from "../../src/cli/program.ts";
import { memoryWorld } from "../cli/memory.ts";
import { expectRefused, good, goodDocument, printConfig, train, withWritten } from "./config/good.ts";
import { tally } from "./tally.ts";

describe("F105: what is no file that can be read ends with 66, and never waits", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pullone-config-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function trainFrom(path: string) {
    const { io, spoken } = memoryWorld();
    const code = await run(["train", path], { ...io, files: diskFiles("1") });
    return { code, ...spoken };
  }

  test.each<[string, (path: string) => void, RegExp]>([
    ["missing", () => {}, /c\.jsonc: expected a file, found nothing there/],
    ["a folder", (path) => mkdirSync(path), /c\.jsonc: expected a file, got a folder/],
    ["a named pipe", (path) => execFileSync("mkfifo", [path]), /got a device, a socket or a named pipe/],
    ["unreadable", (path) => writeFileSync(path, good, { mode: 0 }), /but permission is denied/],
  ])("%s", async (what, make, message) => {
    const inside = mkdtempSync(join(folder, "case-"));
    const path = join(inside, "c.jsonc");
    make(path);
    // Root reads what nobody may read.
    if (what === "unreadable" && process.getuid?.() === 0) chmodSync(path, 0o644);
    const { code, out, err } = await trainFrom(path);
    if (what === "unreadable" && process.getuid?.() === 0) return expect(code).toBe(66); // its table is missing
    expect({ code, out }).toEqual({ code: 66, out: "" });
    expect(err).toMatch(message);
  });

  test("a device", async () => {
    const { io, spoken } = memoryWorld();
    const linked = { ...io.files, status: async () => ({ kind: "other", bytes: 0, mode: 0 }) as const };
    expect(await run(["train", "zero.jsonc"], { ...io, files: linked })).toBe(66);
    expect(spoken.err).toContain("got a device, a socket or a named pipe");
  });
});

const text = JSON.stringify(goodDocument(), null, 2);
const at = /^error: c\.jsonc:\d+:\d+/;

describe("refused with file, line and column", () => {
  test.each<[string, string | Uint8Array, RegExp]>([
    ...["", " \n\t ", "null", `[${text}]`, '"x"', "42", "true"].map(
      (content, i) =>
        [`F106 ${i}: ${content.slice(0, 6)}`, content, /c\.jsonc:\d+:\d+: expected an object/] as [
          string,
          string,
          RegExp,
        ],
    ),
    ["F107: single quotes", text.replaceAll('"', "'"), at],
    ["F107: a leading zero", withWritten("seed", "042"), /:3:12.*decimal number without leading zeros/],
    ["F107: hexadecimal", withWritten("seed", "0x10"), /:3:12.*decimal number without leading zeros/],
    ["F107: NaN", withWritten("seed", "NaN"), /:3:11.*expected a value.*got NaN/],
    ["F107: text after the end", `${text} x`, /expected nothing more after the end/],
    ["F107: two documents", `${text}\n${text}`, /expected nothing more after the end/],
    ["F107: a line end in a text", withWritten("name", '"a\nb"'), /on the same line/],
    ...[0.1, 0.3, 0.5, 0.7, 0.9, 0.99].map(
      (share) =>
        [`F108: cut at ${share}`, text.slice(0, text.length * share), at] as [string, string, RegExp],
    ),
    ["F110: UTF-16", Buffer.from(`\ufeff${text}`, "utf16le"), /c\.jsonc: expected UTF-8 text, got UTF-16/],
    ["F110: no UTF-8", Buffer.from(`{ "name": "\xff" }`, "latin1"), /:1:12: .*the byte 0xff/],
    ["F110: NUL bytes", new Uint8Array(512), /c\.jsonc:1:1: expected UTF-8 text, got a NUL byte/],
    [
      "F111: another case",
      text.replace('"epochs"', '"EPOCHS"'),
      /train\.EPOCHS.*\n.*did you mean "epochs"\?/,
    ],
    [
      "F111: an unknown key",
      text.replace('"epochs"', '"zzzzzzz"'),
      /train\.zzzzzzz: expected a key of train/,
    ],
    ["F111: a letter of another alphabet", text.replace('"data"', '"d\u0430ta"'), /did you mean "data"\?/],
    ["F112: a key twice", text.replace("{", '{ "seed": 1,'), /duplicate key "seed"\n.*first given at 1:3/],
    [
      "F112: a key twice, inside",
      text.replace('"label"', '"file": "x", "label"'),
      /data\.file: .*duplicate key/,
    ],
    ["F120: YAML in a .jsonc", "data:\n  label: &a species\n", /:1:1: .*\n.*YAML is not read/],
    ["F127: extends", text.replace("{", '{ "extends": "/etc/passwd",'), /extends: expected a key/],
    ["F127: $ref", text.replace("{", '{ "$ref": "http://127.0.0.1/x",'), /\$ref: expected a key/],
    ["F127: include", text.replace("{", '{ "include": ["../../x"],'), /include: expected a key/],
  ])("%s", async (_, content, message) => {
    expectRefused(await train(content), message);
  });

  test.each(["run.yaml", "run.yml", "RUN.YAML", "run.toml", "run.ini"])(
    "F120 to F123: %s is refused by its name",
    async (name) => {
      expectRefused(await train(good, name), /expected a configuration as JSON with comments/);
    },
  );
});

test("F113: keys that reach the prototype of all objects are refused at every depth", async (context) => {
  const keys = ["__proto__", "constructor", "prototype", "\\u005f\\u005fproto\\u005f\\u005f"];
  const places = [/\{/, /"data": \{/, /"model": \{/, /"train": \{/];
  for (const key of keys) {
    for (const place of places) {
      const content = text.replace(place, (found) => `${found} "${key}": { "polluted": true },`);
      expectRefused(await train(content), new RegExp(`got "${JSON.parse(`"${key}"`)}"`));
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    }
  }
  for (const name of ["toString", "hasOwnProperty", "valueOf"]) {
    expectRefused(await train(text.replace("{", `{ "${name}": 1,`)), new RegExp(`${name}: expected a key`));
  }
  tally(context, keys.length * places.length + 3);
});

describe("F119: hostile sizes are refused within a second", () => {
  test.each<[string, string]>([
    ["100,000 lists in lists", "[".repeat(1e5) + "]".repeat(1e5)],
    ["100,000 objects in objects", `${'{"a":'.repeat(1e5)}1${"}".repeat(1e5)}`],
    ["a million open brackets", "[".repeat(1e6)],
    ["depth inside a key", withWritten("data", "[".repeat(1e5) + "]".repeat(1e5))],
    ["100,000 keys", `{${Array.from({ length: 1e5 }, (_, i) => `"k${i}":1`).join()}}`],
    ["a text of two million characters", withWritten("name", `"${"x".repeat(2e6)}"`)],
    ["a number of a million digits", withWritten("seed", `1${"0".repeat(1e6)}`)],
    ["a number of 900,000 digits", withWritten("seed", `1${"0".repeat(9e5)}`)],
    ["a comment of two million characters", `/*${"*".repeat(2e6)}*/${text}`],
    ["900,000 line ends before a mistake", `${"\n".repeat(9e5)}[`],
  ])("%s", async (_, content) => {
    const tried = await train(content);
    expectRefused(tried, /c\.jsonc/);
    expect(tried.milliseconds).toBeLessThan(1_000);
  });
});

test("F109, F124: a BOM, CRLF, one line, comments and trailing commas change nothing", async (context) => {
  const plain = (await printConfig(good)).out;
  const variants = [
    `\ufeff${good}`,
    good.replaceAll("\n", "\r\n"),
    good.replaceAll("\n", "\r"),
    good.replace(/\/\/.*|\/\*.*?\*\//g, ""),
    good.replace(/\/\/.*|\/\*.*?\*\//g, "").replace(/\s+/g, " "),
    good.replace(/\/\/.*|\/\*.*?\*\//g, "").replace(/,(\s*\})/g, "$1"),
  ];
  for (const variant of variants) expect((await printConfig(variant)).out).toBe(plain);
  tally(context, variants.length);
});

test("F127: nothing is expanded, included or fetched: such a path is a name", async (context) => {
  const names = [
    "${" + "HOME}/x.csv",
    "$(id).csv",
    "`id`.csv",
    "http://127.0.0.1/x.csv",
    "file:///etc/hosts",
    "~/x.csv",
    "%TEMP%/x.csv",
  ];
  for (const name of names) {
    const { code, err } = await train(withWritten("data.file", JSON.stringify(name)));
    expect(code, err).toBe(66);
    expect(err).toContain(": expected a file, found nothing there");
  }
  tally(context, names.length);
});
