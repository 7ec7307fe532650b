// What a file is, when it is not the model that was asked for.

import { SNIFFED_BYTES, sniff } from "../data/sniff.ts";

const CONTROL_CHARACTERS = /[^\t\n\v\f\r\u0020-\uffff]|\ufffd(?!$)/;

/**
 * What these bytes look like ("a CSV or text file"), or undefined if they may be a container, whole or damaged:
 * eight bytes of a length below 2^32 and then a JSON object, or nothing that is known.
 */
export function foreignKind(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "an empty file";
  const start = bytes.subarray(0, SNIFFED_BYTES);
  if (start[8] === 0x7b && start.subarray(4, 8).every((byte) => byte === 0)) return undefined;
  if (start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5) return "a Python pickle";
  const text = new TextDecoder().decode(start);
  if (text.startsWith("version https://git-lfs")) return "a Git LFS pointer in place of the file";
  const known = sniff(start);
  if (known !== undefined) return known.what;
  return CONTROL_CHARACTERS.test(text) ? undefined : "a CSV or text file";
}
