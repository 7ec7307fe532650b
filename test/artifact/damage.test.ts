import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadClassifier, saveClassifier } from "../../src/artifact.ts";
import { PulloneError } from "../../src/errors.ts";
import { allFeatures, exampleClassifier } from "./example.ts";

const model = saveClassifier(exampleClassifier({ hidden: [] }));
const ascii = (text: string) => new TextEncoder().encode(text);
const join = (...parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

/** The message with which the bytes are refused; anything but model_invalid is thrown on. */
function refusal(bytes: Uint8Array): string {
  try {
    loadClassifier(bytes, "m.safetensors");
  } catch (error) {
    if (error instanceof PulloneError && error.code === "model_invalid") return error.message;
    throw error;
  }
  return "accepted";
}

describe("a damaged file is refused", () => {
  test("with what was expected and what was found", () => {
    expect(refusal(model.with(100, model[100]! ^ 1))).toBe(
      "m.safetensors: expected the SHA-256 of the file at its end, got another: the file is damaged or incomplete",
    );
  });

  test("cut at every length", () => {
    for (let length = 0; length < model.length; length++) {
      expect(refusal(model.subarray(0, length))).toMatch(/damaged/);
    }
  });

  const chunks = 8;
  test.each(Array.from({ length: chunks }, (_, i) => i))("at every single bit, byte %d modulo 8", (chunk) => {
    const flipped = Uint8Array.from(model);
    for (let at = chunk; at < model.length; at += chunks) {
      for (let bit = 1; bit < 256; bit *= 2) {
        flipped[at] = model[at]! ^ bit;
        if (!refusal(flipped).includes("damaged"))
          throw new Error(`bit ${bit} of byte ${at}: ${refusal(flipped)}`);
      }
      flipped[at] = model[at]!;
    }
  });

  test.each([1, 8, 32, 4096])("with %d zeros before or after it", (zeros) => {
    expect(refusal(join(model, new Uint8Array(zeros)))).toMatch(/damaged/);
    expect(refusal(join(new Uint8Array(zeros), model))).toMatch(/damaged/);
  });

  test("doubled, zeroed, in its last page zeroed, with CRLF, or written back as UTF-8", () => {
    const crlf = ascii(new TextDecoder("latin1").decode(model).replace("{", "\r\n{"));
    const lastPage = Uint8Array.from(model).fill(0, -256);
    const recoded = ascii(new TextDecoder().decode(model));
    for (const bytes of [join(model, model), new Uint8Array(model.length), lastPage, crlf, recoded]) {
      expect(refusal(bytes)).toMatch(/damaged/);
    }
  });

  test("by random bytes anywhere, always with model_invalid", () => {
    const big = saveClassifier(exampleClassifier({ features: allFeatures }));
    const edit = fc.tuple(fc.nat(big.length - 1), fc.uint8Array({ minLength: 1, maxLength: 40 }));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const bytes = Uint8Array.from(big);
        for (const [at, put] of edits) bytes.set(put.subarray(0, bytes.length - at), at);
        fc.pre(bytes.some((byte, i) => byte !== big[i]));
        expect(refusal(bytes)).toMatch(/^m\.safetensors: expected /);
      }),
      { seed: 3, numRuns: 1000 },
    );
  });

  test("and noise alone is refused with model_invalid as well", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(refusal(bytes)).toMatch(/^m\.safetensors: expected /);
      }),
      { seed: 4, numRuns: 2000 },
    );
  });
});

describe("another file is named for what it is", () => {
  test.each([
    ["a CSV or text file", ascii("a,b\n1,2\n")],
    ["a CSV or text file", ascii(btoa(String.fromCharCode(...model)))],
    ["a CSV or text file", ascii("größe,art\n1,ß\n")],
    ["JSON", ascii('{"layers":[4,3]}')],
    ["an HTML page", ascii("<!doctype html><title>404</title>")],
    [
      "a Git LFS pointer in place of the file",
      ascii("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
    ],
    ["a gzip stream", join(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), model)],
    ["a ZIP archive, as .xlsx and .ods files are", join(ascii("PK\x03\x04\x14\x00\x00\x00"), model)],
    ["a Python pickle", Uint8Array.of(0x80, 2, 0x7d, 0x71, 0, 0x2e)],
    ["a Python pickle", Uint8Array.of(0x80, 5, 0x7d, 0x71, 0, 0x2e)],
    ["a Python pickle", Uint8Array.of(0x80, 4, 0x95, 1, 0, 0, 0, 0, 0, 0, 0, 0x2e)],
    ["an empty file", new Uint8Array(0)],
  ])("%s", (name, bytes) => {
    expect(refusal(bytes)).toBe(
      `m.safetensors: expected a pullone model, got ${name}: another file, or a damaged one`,
    );
  });

  test("a file over 512 MiB is refused before it is read", () => {
    const huge = { length: 512 * 1024 * 1024 + 1, subarray: () => model } as unknown as Uint8Array;
    expect(refusal(huge)).toBe("m.safetensors: expected a file of at most 536870912 bytes, got 536870913");
  });
});
