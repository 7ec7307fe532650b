// SHA-256 by the library that Node is built with: the same digests as src/hash.ts in a tenth of the time.

import { createHash } from "node:crypto";
import type { Sha256 } from "../hash.ts";

/** A SHA-256 of what will be fed to it. */
export function nodeSha256(): Sha256 {
  const state = createHash("sha256");
  return { update: (bytes) => void state.update(bytes), hex: () => state.copy().digest("hex") };
}

/** The 32 bytes of the SHA-256 of something at hand. */
export function nodeDigest(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

/** The same bytes, shown to `see` in passing. */
export async function* tapped(
  bytes: AsyncIterable<Uint8Array>,
  see: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    see(chunk);
    yield chunk;
  }
}
