import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseStrictJson } from "../../src/artifact/strictjson.ts";

const parse = (text: string) => parseStrictJson(text, "x.json", "model_invalid");
/** Prototypes do not count: ours have none. */
const plain = (value: unknown) => JSON.stringify(value);

describe("strict JSON", () => {
  test("reads what JSON.stringify writes, exactly", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 1, "\t\r\n "), (value, space) => {
        const text = JSON.stringify(value, null, space);
        fc.pre(!text.includes('"__proto__":'));
        expect(plain(parse(text))).toBe(plain(value));
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test("accepts a damaged text only when JSON.parse does, and then reads the same", () => {
    const text = JSON.stringify({ a: [1, -2.5e-3, 'x\\"\u00e9', true, null, {}], b: { c: [], d: [[0]] } });
    const edit = fc.tuple(
      fc.nat(text.length),
      fc.nat(3),
      fc.constantFrom(...'{}[],:"\\0-1.eE+ntfu \n\u0000é'),
    );
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const damaged = edits.reduce((t, [at, cut, put]) => t.slice(0, at) + put + t.slice(at + cut), text);
        let ours: unknown;
        try {
          ours = parse(damaged);
        } catch {
          return;
        }
        expect(plain(ours)).toBe(plain(JSON.parse(damaged)));
      }),
      { seed: 2, numRuns: 2000 },
    );
  });

  test.each([
    ["", "x.json: expected a JSON value at character 1, got the end"],
    ["  ", "x.json: expected a JSON value at character 3, got the end"],
    ["{} {}", 'x.json: expected the end of the JSON text at character 4, got "{}"'],
    ['{"a":1,"a":2}', 'x.json: expected every key once at character 11, got a duplicate of "a"'],
    ['{"a":1,"\\u0061":2}', 'x.json: expected every key once at character 16, got a duplicate of "a"'],
    ['[{"__proto__":{}}]', 'x.json: expected an ordinary key at character 14, got "__proto__"'],
    ['{"\\u005f_proto__":1}', 'x.json: expected an ordinary key at character 18, got "__proto__"'],
    ["[1e999]", 'x.json: expected a number that float64 can hold at character 2, got "1e999]"'],
    ["-1e999", 'x.json: expected a number that float64 can hold at character 1, got "-1e999"'],
    ["01", 'x.json: expected a JSON value at character 1, got "01"'],
    ["NaN", 'x.json: expected a JSON value at character 1, got "NaN"'],
    ["1".repeat(41), `x.json: expected a JSON value at character 1, got "${"1".repeat(20)}"`],
    ["{a:1}", 'x.json: expected a key in double quotes at character 2, got "a:1}"'],
    ["{'a':1}", "x.json: expected a key in double quotes at character 2, got \"'a':1}\""],
    ['{"a"}', 'x.json: expected ":" at character 5, got "}"'],
    ['{"a":1,}', 'x.json: expected a key in double quotes at character 8, got "}"'],
    ["[1,]", 'x.json: expected a JSON value at character 4, got "]"'],
    ["[1 2]", 'x.json: expected "," or "]" at character 4, got "2]"'],
    ['{"a":1 "b":2}', 'x.json: expected "," or "}" at character 8, got ""b":2}"'],
    ['"a\nb"', 'x.json: expected a JSON text between double quotes at character 1, got ""a\\nb""'],
    ['"\\x"', 'x.json: expected a JSON text between double quotes at character 1, got ""\\x""'],
    ['"abc', 'x.json: expected a JSON text between double quotes at character 1, got ""abc"'],
    ['"abc\\', 'x.json: expected a JSON text between double quotes at character 1, got ""abc\\"'],
    ["/**/1", 'x.json: expected a JSON value at character 1, got "/**/1"'],
    ["\ufeff1", 'x.json: expected a JSON value at character 1, got "\\u{feff}1"'],
  ])("refuses %j", (text, message) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: "model_invalid", message }));
  });

  test("16 levels are read, 17 and a million refused", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(plain(parse(nested(16)))).toBe(nested(16));
    const message = "x.json: expected at most 16 levels of JSON at character 17, got one more";
    for (const depth of [17, 1_000_000]) expect(() => parse(nested(depth))).toThrow(message);
    expect(() => parse('{"a":'.repeat(1_000_000))).toThrow("at most 16 levels");
  });

  test("keys of Object.prototype are ordinary keys, and what was not written is not there", () => {
    const value = parse('{"constructor":1,"toString":2}') as Record<string, unknown>;
    expect([value.constructor, value.toString, value.valueOf, Object.keys(value)]).toEqual([
      1,
      2,
      undefined,
      ["constructor", "toString"],
    ]);
  });
});
