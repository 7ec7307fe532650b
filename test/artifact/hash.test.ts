import { describe, expect, test } from "vitest";
import { createSha256, hex, sha256 } from "../../src/hash.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

// Source: the examples of NIST FIPS 180-4 for SHA-256, and of SHA-256 of nothing.
const examples = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
] as const;

describe("sha256", () => {
  test.each(examples)("of %j is the published digest", (text, digest) => {
    expect(hex(sha256(ascii(text)))).toBe(digest);
  });

  test("in parts is the digest of the whole, at every cut", () => {
    const bytes = Uint8Array.from({ length: 150 }, (_, i) => i);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const state = createSha256();
      state.update(bytes.subarray(0, cut));
      state.update(bytes.subarray(cut));
      expect(state.hex()).toBe(hex(sha256(bytes)));
    }
  });

  test("can be asked for its digest and then fed on", () => {
    const state = createSha256();
    state.update(ascii("ab"));
    state.hex();
    state.update(ascii("c"));
    expect([state.hex(), state.hex()]).toEqual([examples[1][1], examples[1][1]]);
  });
});
