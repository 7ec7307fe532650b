// JSON with comments: what is read, what is refused, and where a message says it is.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJsonc } from "../../src/config/jsonc.ts";
import { decodeConfig, parseRunConfig } from "../../src/config.ts";
import { complaintAbout, thrownBy } from "./complaint.ts";

const minimal = '{ "data": { "label": "y" } }';
const messageOf = (text: string) => complaintAbout(text).message;

describe("what is read", () => {
  test("comments, a comma after the last item, a byte-order mark, CRLF and CR are fine", () => {
    const plain = parseRunConfig(minimal, "c.jsonc");
    const text =
      '// one\n{ /* two\n */ "data": { "label": "y", }, // three\n "model": { "hidden": [64,], }, }\n// end';
    for (const variant of [
      text,
      `\ufeff${text}`,
      text.replaceAll("\n", "\r\n"),
      text.replaceAll("\n", "\r"),
    ]) {
      expect(parseRunConfig(variant, "c.jsonc")).toEqual(plain);
    }
  });

  test("any JSON of at most 16 levels is read as JSON.parse reads it", () => {
    const json = fc
      .json({ maxDepth: 10 })
      .filter((text) => !/"(?:__proto__|constructor|prototype)"/.test(text));
    fc.assert(
      fc.property(json, (text) => {
        expect(parseJsonc(text, "c.jsonc").value).toEqual(
          JSON.parse(text, (_, x) => (Object.is(x, -0) ? -0 : x)),
        );
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test("a key named toString is a key, not a method", () => {
    const { value } = parseJsonc('{ "toString": 1 }', "c.jsonc");
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value as object)).toEqual(["toString"]);
  });
});

describe("broken syntax is refused with line and column", () => {
  const value = "a value: text in double quotes, a number, true, false, null, a list or an object";
  test.each([
    ["", "c.jsonc:1:1: expected an object, got an empty file"],
    [" \n\t", "c.jsonc:2:2: expected an object, got an empty file"],
    ["null", "c.jsonc:1:1: expected an object, got null"],
    ["[]", "c.jsonc:1:1: expected an object, got []"],
    ['"x"', 'c.jsonc:1:1: expected an object, got "x"'],
    ["42", "c.jsonc:1:1: expected an object, got 42"],
    ['{ "a": 1,\n  "b" 2 }', "c.jsonc:2:7: expected a colon after the key, got 2"],
    ['{ "a": 1\n  "b": 2 }', 'c.jsonc:2:3: expected a comma or a closing bracket, got "b"'],
    ["{ \"a\": 'x' }", `c.jsonc:1:8: expected ${value}, got 'x'`],
    ["{ 'a': 1 }", "c.jsonc:1:3: expected a key in double quotes, got 'a'"],
    ["{ a: 1 }", "c.jsonc:1:3: expected a key in double quotes, got a"],
    ["{,}", "c.jsonc:1:2: expected a key in double quotes, got ,"],
    ['{ "a": 1, 5 }', "c.jsonc:1:11: expected a key in double quotes, got 5"],
    ['{ "a": [1,,2] }', `c.jsonc:1:11: expected ${value}, got ,`],
    ['{ "a": 01 }', "c.jsonc:1:9: expected a decimal number without leading zeros, got 01"],
    ['{ "a": 0x10 }', "c.jsonc:1:9: expected a decimal number without leading zeros, got 0x10"],
    ['{ "a": +1 }', `c.jsonc:1:8: expected ${value}, got +1`],
    ['{ "a": .5 }', `c.jsonc:1:8: expected ${value}, got .5`],
    ['{ "a": 5. }', "c.jsonc:1:8: expected a digit, got 5."],
    ['{ "a": NaN }', `c.jsonc:1:8: expected ${value}, got NaN`],
    ['{ "a": True }', `c.jsonc:1:8: expected ${value}, got True`],
    ["{} x", "c.jsonc:1:4: expected nothing more after the end of the configuration, got x"],
    ["{}\n{}", "c.jsonc:2:1: expected nothing more after the end of the configuration, got {"],
    [
      '{ "a": "b\n" }',
      'c.jsonc:1:8: expected a double quote at the end of the text, on the same line, got "b',
    ],
    [
      '{ "a": "\\x" }',
      'c.jsonc:1:8: expected one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u after a backslash, got "\\x"',
    ],
    ['{ "a": "\\u12" }', 'c.jsonc:1:8: expected four hexadecimal digits after \\u, got "\\u12"'],
    ['{ "a": "\u0001" }', 'c.jsonc:1:8: expected control characters of a text to be escaped, got "\\u{1}"'],
    ["{ /* open", "c.jsonc:1:3: expected */ at the end of the comment, got /* open"],
    ['{ "a": 1', "c.jsonc:1:9: expected a closing brace }, got the end of the file"],
    ['{ "a": [1', "c.jsonc:1:10: expected a closing bracket ], got the end of the file"],
    ['{ "a": ', `c.jsonc:1:8: expected ${value}, got the end of the file`],
  ])("%j", (text, message) => {
    expect(complaintAbout(text)).toMatchObject({ code: "config_invalid", message });
  });

  test("a hint says what to do about single quotes and YAML", () => {
    expect(complaintAbout("{ 'a': 1 }").hint).toBe("put texts and keys in double quotes");
    expect(complaintAbout("data:\n  label: y\n").hint).toBe(
      "the configuration is an object { … }; YAML is not read",
    );
  });

  test("a line ends in LF, CRLF or CR", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const message = "c.jsonc:3:8 seed: expected a number within ±1.8e308, got 1e999";
      expect(messageOf(["\ufeff{", "  // one", '"seed":1e999 }'].join(end))).toBe(message);
    }
  });

  test("a text cut anywhere is refused with line and column", () => {
    const text = '{\n  "data": {\n    "label": "y", // y\n    "classes": ["a", "b"]\n  }\n}';
    for (let length = 0; length < text.length; length++) {
      expect(messageOf(text.slice(0, length)), text.slice(0, length)).toMatch(/^c\.jsonc:\d+:\d+/);
    }
  });

  test("a YAML file is refused by its name", () => {
    for (const name of ["run.yaml", "run.yml", "RUN.YAML"]) {
      expect(thrownBy(() => parseRunConfig(minimal, name))).toEqual({
        code: "config_invalid",
        message: `${name}: expected JSON with comments (.jsonc), got a YAML file`,
        hint: "YAML is not read",
      });
    }
  });
});

describe("keys", () => {
  test("a key given twice is refused at any depth, with the place of the first", () => {
    expect(complaintAbout('{\n  "data": { "label": "y",\n    "label": "y" } }')).toEqual({
      code: "config_invalid",
      message: 'c.jsonc:3:5 data.label: expected each key once, got duplicate key "label"',
      hint: "it is first given at 2:13",
    });
    expect(messageOf('{ "seed": 1, "\\u0073eed": 1 }')).toContain('duplicate key "seed"');
  });

  test.each(["__proto__", "constructor", "prototype", "\\u005f\\u005fproto__"])(
    "%s is refused at any depth",
    (key) => {
      const name = JSON.parse(`"${key}"`) as string;
      for (const [before, path] of [
        ["{", name],
        ['{ "data": { "columns": {', `data.columns.${name}`],
        ['{ "train": { "schedule": { "x": [{', `train.schedule.x[0].${name}`],
      ]) {
        const message = messageOf(`${before}"${key}": { "polluted": 1 }`);
        expect(message).toMatch(/^c\.jsonc:1:\d+ /);
        expect(message).toContain(` ${path}: expected a key of the configuration, got "${name}"`);
      }
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    },
  );
});

describe("numbers are read as they are written, or refused", () => {
  test.each([
    ["1e999", "c.jsonc:1:11 seed: expected a number within ±1.8e308, got 1e999"],
    ["-1e999", "c.jsonc:1:11 seed: expected a number within ±1.8e308, got -1e999"],
    [
      "9007199254740990.9",
      "c.jsonc:1:11 seed: expected a number that reading does not round to a whole one, got 9007199254740990.9",
    ],
    ["1e-999", "c.jsonc:1:11 seed: expected a number that reading does not round to a whole one, got 1e-999"],
  ])("%s", (number, message) => {
    expect(messageOf(`{ "seed": ${number} }`)).toBe(message);
  });

  test.each(["0.5e1", "5.000", "500e-2", "0.0000000000000000000000000005e28"])("%s is 5", (number) => {
    expect(parseJsonc(number, "c.jsonc").value).toBe(5);
  });

  test.each(["0e-5", "0.000", "-0.0e-3"])("%s is nothing", (number) => {
    expect(Math.abs(parseJsonc(number, "c.jsonc").value as number)).toBe(0);
  });
});

describe("size and depth are bounded first", () => {
  const list = (item: string, n: number) => Array.from({ length: n }, () => item).join();
  test.each([
    [
      "100,000 lists in lists",
      "[".repeat(1e5) + "]".repeat(1e5),
      /: expected at most 16 levels of brackets, got more$/,
    ],
    ["1,000,000 open brackets", "[".repeat(1e6), /: expected at most 16 levels of brackets, got more$/],
    ["100,000 open objects", '{"a":'.repeat(1e5), /a: expected at most 16 levels of brackets, got more$/],
    [
      "depth inside a key",
      `{ "data": ${"[".repeat(1e5)}`,
      / data\[0\].*: expected at most 16 levels of brackets, got more$/,
    ],
    [
      "60,000 keys",
      `{${Array.from({ length: 6e4 }, (_, i) => `"k${i}":1`)}}`,
      / k20000: expected at most 20000 keys in an object, got more$/,
    ],
    [
      "a list of 300,000 items",
      `{"model":{"hidden":[${list("1", 3e5)}]}}`,
      / model\.hidden\[1000\]: expected at most 1000 items in a list, got more$/,
    ],
    [
      "a text of 2,000,000 characters",
      `{"note":"${"x".repeat(2e6)}"}`,
      /^c\.jsonc: expected a file of at most 1048576 bytes, got 2000011: too large$/,
    ],
    [
      "a number of 1,000,000 digits",
      `{"seed":${"1".repeat(1e6)}}`,
      / seed: expected a number within ±1\.8e308, got 1{40}…$/,
    ],
    [
      "a key of 1,000,000 characters",
      `{"${"k".repeat(1e6)}":1}`,
      / "k{40}…": expected a key of the configuration, got "k{40}…"$/,
    ],
    [
      "a name of 1,000,000 characters",
      `{"name":"${"x".repeat(1e6)}"}`,
      / name: expected a name of 1 to 64 .*, got "x{40}…"$/,
    ],
  ])("%s", (_, text, message) => {
    expect(messageOf(text)).toMatch(message);
  });
});

describe("decodeConfig", () => {
  const bytes = (...parts: (string | number[])[]) =>
    Uint8Array.from(
      parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)),
    );

  test("reads UTF-8 with or without a byte-order mark", () => {
    expect(decodeConfig(bytes([0xef, 0xbb, 0xbf], "{é}"), "c.jsonc")).toBe("{é}");
    expect(decodeConfig(bytes("{é}"), "c.jsonc")).toBe("{é}");
  });

  test.each([
    [bytes([0xff, 0xfe], "{"), "c.jsonc: expected UTF-8 text, got UTF-16"],
    [bytes([0xfe, 0xff], "{"), "c.jsonc: expected UTF-8 text, got UTF-16"],
    [bytes("{", [0], "}", [0]), "c.jsonc:1:2: expected UTF-8 text, got a NUL byte (UTF-16 or binary)"],
    [bytes([0], "{}"), "c.jsonc:1:1: expected UTF-8 text, got a NUL byte"],
    [bytes('{\n  "é": "', [0], '"}'), "c.jsonc:2:9: expected UTF-8 text, got a NUL byte"],
    [
      bytes("{\n  é ", [0xff], "}"),
      "c.jsonc:2:5: expected UTF-8 text, got the byte 0xff, which is not UTF-8",
    ],
    [bytes("{", [0xff], "}"), "c.jsonc:1:2: expected UTF-8 text, got the byte 0xff, which is not UTF-8"],
    [bytes([0xfe], "{}"), "c.jsonc:1:1: expected UTF-8 text, got the byte 0xfe, which is not UTF-8"],
    [bytes([0xff], "{}"), "c.jsonc:1:1: expected UTF-8 text, got the byte 0xff, which is not UTF-8"],
    [bytes("{}", [0xc0, 0x80]), "c.jsonc:1:3: expected UTF-8 text, got the byte 0xc0, which is not UTF-8"],
    [bytes("{}", [0xe2, 0x82]), "c.jsonc:1:3: expected UTF-8 text, got the byte 0x82, which is not UTF-8"],
    [new Uint8Array(2e6), "c.jsonc: expected a file of at most 1048576 bytes, got 2000000: too large"],
  ])("case %#", (input, message) => {
    expect(thrownBy(() => decodeConfig(input, "c.jsonc"))).toMatchObject({ code: "config_invalid", message });
  });
});
