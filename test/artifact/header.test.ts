// Headers that are not as this format writes them, behind a mended checksum.

import { describe, expect, test } from "vitest";
import { data, header, model, verdict } from "./changed.ts";
import { close } from "./container.ts";

test("the model itself, taken apart and put together, is accepted", () => {
  expect(close(header, data)).toStrictEqual(model);
  expect(verdict(model)).toBe("accepted");
});

describe("the header", () => {
  test.each([0n, 1n, 2n, 1n << 20n, 1n << 31n, (1n << 32n) + 8n, 1n << 53n, 1n << 63n, (1n << 64n) - 8n])(
    "a length of %d is refused",
    (length) => {
      expect(verdict(close(header, data, length))).toMatch(
        /^m: expected a header of 8, 16, … bytes, at most \d+, got \d+$/,
      );
    },
  );

  test.each([-8, -1, 1, 8])("a length of %d more than it is long is refused", (more) => {
    const length = BigInt(8 * Math.ceil(new TextEncoder().encode(header).length / 8) + more);
    expect(verdict(close(header, data, length))).toMatch(/^m: /);
  });

  test.each([
    [
      "not UTF-8",
      Uint8Array.from([...new TextEncoder().encode(header.slice(0, -1)), 0xff, 0x7d]),
      /header: expected UTF-8/,
    ],
    ["with a BOM", `\ufeff${header}`, /header: expected a JSON value/],
    ["after a space", ` ${header}`, /^m: header: expected the one way this format is written, got another$/],
    [
      "with spaces inside",
      header.replace(":", ": "),
      /expected the one way this format is written, got another/,
    ],
    [
      "with 8 more spaces after it",
      `${header}${" ".repeat(8)}`,
      /expected the one way this format is written/,
    ],
    ["with a number written otherwise", header.replace('"shape":[5]', '"shape":[5.0]'), /the one way/],
    ["a list", `[${header}]`, /header: expected an object/],
    ["null", "null", /m: expected a pullone model, got binary data/],
    ["twice", header + header, /the end of the JSON text/],
    ["cut", header.slice(0, -2), /header: expected/],
    ["with a trailing comma", header.replace(/\}$/, ",}"), /a key in double quotes/],
    ["with a NUL", header.replace("{", "{\0"), /a key in double quotes/],
    [
      "nested 100,000 deep",
      header.replace(/\}$/, `,"x":${"[".repeat(1e5)}${"]".repeat(1e5)}}`),
      /at most 16 levels/,
    ],
    ["with 1e999", header.replace(/\}$/, ',"x":1e999}'), /a number that float64 can hold/],
    [
      "with a key __proto__",
      header.replace("{", '{"__proto__":{"polluted":true},'),
      /an ordinary key .*got "__proto__"/,
    ],
    [
      "with a tensor twice",
      header.replace("{", '{"~sha256":0,'),
      /every key once .* got a duplicate of "~sha256"/,
    ],
    ["without tensors", '{"__metadata__":{}}', /m: expected tensors of \d+ bytes, got 0 bytes/],
    [
      "with 5000 tensors",
      JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`t${i}`, 0]))),
      /at most 4096 tensors, got 5000/,
    ],
  ] as const)("%s is refused", (_what, text, message) => {
    expect(verdict(close(text, data))).toMatch(message);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});
