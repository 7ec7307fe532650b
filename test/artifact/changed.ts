// A model that is changed behind a mended checksum, and how the reader takes it: whoever changes a file can also write
// the SHA-256 of the result.

import { expect } from "vitest";
import { loadClassifier, saveClassifier } from "../../src/artifact.ts";
import { PulloneError } from "../../src/errors.ts";
import { close, editHeader, editSpec, type LooseJson, open } from "./container.ts";
import { allFeatures, exampleClassifier } from "./example.ts";

export const model = saveClassifier(exampleClassifier({ features: allFeatures }));
export const opened = open(model);
export const { header, data } = opened;
export const parsed: LooseJson = JSON.parse(header);

/** The message with which the bytes are refused, or "accepted"; any error but model_invalid is thrown on. */
export function verdict(bytes: Uint8Array): string {
  try {
    loadClassifier(bytes, "m");
  } catch (error) {
    if (error instanceof PulloneError && error.code === "model_invalid") return error.message;
    throw error;
  }
  return "accepted";
}

/** Each of the headers, given by what was done to it, is refused in words a terminal can show. */
export function refuseAll(headers: Iterable<readonly [what: string, header: string]>): void {
  for (const [what, text] of headers) {
    const message = verdict(close(text, data));
    if (message === "accepted") throw new Error(`accepted: ${what}`);
    expect(message.length, what).toBeLessThan(1000);
  }
}

export const withHeader = (edit: (header: LooseJson) => void) =>
  verdict(close(editHeader(opened, edit), data));
export const withSpec = (edit: (spec: LooseJson) => void) => verdict(close(editSpec(opened, edit), data));
export const withMetadata = (edit: (metadata: LooseJson) => void) => withHeader((h) => edit(h.__metadata__));

export const wrongValues: readonly LooseJson[] = [
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    1e9,
    2 ** 53,
    "",
    "x",
    "5",
    "__proto__",
    'require("child_process")',
    "/etc/passwd",
  ],
  ...[[], {}, [1], [null], [[]], Array(70).fill(3), { constructor: { prototype: {} } }],
];
