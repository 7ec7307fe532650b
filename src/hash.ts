// SHA-256, in whole and in parts: fingerprints of data, and the proof at the end of a model file.

import { sha256 as digestOf } from "@noble/hashes/sha2.js";

/** A SHA-256 that is fed in parts. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** The digest of everything fed so far; feeding may go on. */
  hex(): string;
}

/**
 * The 32 bytes of SHA-256.
 *
 * Source: NIST FIPS 180-4 (2015), 6.2.
 */
export function sha256(bytes: Uint8Array): Uint8Array {
  return digestOf(bytes);
}

/** A SHA-256 of what will be fed to it. */
export function createSha256(): Sha256 {
  const state = digestOf.create();
  return {
    update: (bytes) => void state.update(bytes),
    hex: () => hex(state.clone().digest()),
  };
}

/** Two lower-case hexadecimal digits a byte. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
