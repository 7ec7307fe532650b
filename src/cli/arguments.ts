// Text of the command line to values: read strictly, so that 12abc is not 12 and 1e3 is not 1.

import { PulloneError, quote } from "../errors.ts";

/** A parser of whole numbers from 0 to 2^53 - 1, in digits only. */
export function wholeNumber(option: string): (text: string) => number {
  return (text) => {
    const value = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
    throw new PulloneError(
      "usage_invalid",
      `${option}: expected a whole number from 0 to 9007199254740991, got ${quote(text)}`,
    );
  };
}

/** A parser of shares from 0 to 1, such as 0.3. */
export function share(option: string): (text: string) => number {
  return (text) => {
    const value = /^(\d+\.?\d*|\.\d+)(e-?\d{1,3})?$/i.test(text) ? Number(text) : Number.NaN;
    if (value >= 0 && value <= 1) return value;
    throw new PulloneError("usage_invalid", `${option}: expected a number from 0 to 1, got ${quote(text)}`);
  };
}

/** A parser of a SHA-256 in hexadecimal digits, as train and sha256sum print it. */
export function sha256Digits(option: string): (text: string) => string {
  return (text) => {
    if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
    throw new PulloneError(
      "usage_invalid",
      `${option}: expected a SHA-256 of 64 hexadecimal digits, got ${quote(text)}`,
    );
  };
}

/**
 * Refuses what can be no path on any system.
 *
 * @throws {PulloneError} usage_invalid
 */
export function assertPath(what: string, path: string): void {
  if (path === "") throw new PulloneError("usage_invalid", `${what}: expected a path, got nothing`);
  if (path.includes("\0"))
    throw new PulloneError("usage_invalid", `${what}: expected a path, got ${quote(path)}`);
}

/** Refuses standard input where a file is needed. */
export function assertFile(what: string, path: string, why: string): void {
  assertPath(what, path);
  if (path === "-") throw new PulloneError("usage_invalid", `${what}: expected a file, got "-"; ${why}`);
}

/** One of a few words. */
export function oneOf<T extends string>(option: string, words: readonly T[], text: string): T {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new PulloneError("usage_invalid", `${option}: expected ${words.join(" or ")}, got ${quote(text)}`);
}
