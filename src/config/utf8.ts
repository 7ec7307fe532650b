// The bytes of a configuration file as text: checked, never repaired.

import { assertSize } from "./jsonc.ts";
import { invalid, lineAndColumn } from "./places.ts";

/**
 * The text of a configuration file: UTF-8, with or without a byte-order mark.
 *
 * @throws {PulloneError} config_invalid: more than 1 MiB, UTF-16, a NUL byte, bytes that are not UTF-8
 */
export function decodeConfig(bytes: Uint8Array, source: string): string {
  assertSize(bytes.length, source);
  const hint = "save the file as UTF-8";
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw invalid(source, "UTF-8 text", "UTF-16", hint);
  }
  const nul = bytes.indexOf(0);
  const decodes = (length: number) => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length), {
        stream: length < bytes.length,
      });
      return true;
    } catch {
      return false;
    }
  };
  const before = (length: number) =>
    lineAndColumn(new TextDecoder("utf-8").decode(bytes.subarray(0, length), { stream: true }), Infinity);
  if (nul >= 0) {
    const got = bytes[nul + 2] === 0 ? "a NUL byte (UTF-16 or binary)" : "a NUL byte";
    throw invalid(`${source}:${before(nul)}`, "UTF-8 text", got, hint);
  }
  if (decodes(bytes.length)) return new TextDecoder("utf-8").decode(bytes);
  // The shortest prefix that cannot be the beginning of UTF-8 ends in the guilty byte.
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (decodes(middle)) good = middle;
    else bad = middle;
  }
  const byte = `the byte 0x${bytes[good]!.toString(16).padStart(2, "0")}, which is not UTF-8`;
  throw invalid(`${source}:${before(good)}`, "UTF-8 text", byte, hint);
}
