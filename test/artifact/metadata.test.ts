// Metadata that say something else, behind a mended checksum.

import { describe, expect, test } from "vitest";
import { withHeader, withMetadata, wrongValues } from "./changed.ts";

describe("the metadata", () => {
  test("a newer version is refused by name, whatever else it brings", () => {
    const message = withMetadata((metadata) => {
      metadata.format_version = "2";
      metadata.kind = "ensemble";
      metadata.future = "x";
    });
    expect(message).toBe("m: format version 2; this program reads up to 1");
  });

  test.each(["0", "-1", "1.5", "", "1e3", "one", "01", "9999999", " 1", "1\n"])(
    "version %j is refused",
    (version) => {
      const message = withMetadata((metadata) => (metadata.format_version = version));
      expect(message).toMatch(/^m: expected a format version from 1 up, got "/);
    },
  );

  test("another format, a checkpoint, an unknown or missing key, and what is no text are named", () => {
    expect(withMetadata((m) => (m.format = "pt"))).toBe(
      'm: expected a pullone model, got a safetensors file of format "pt"',
    );
    expect(withMetadata((m) => (m.kind = "checkpoint"))).toBe(
      'm: expected a pullone model, got a pullone file of kind "checkpoint"',
    );
    const keys = "format, format_version, kind, spec";
    expect(withMetadata((m) => (m.path = "x"))).toBe(`m: metadata: expected ${keys}, got "${keys}, path"`);
    expect(withMetadata((m) => (m.format_version = 1))).toBe(
      'm: metadata: expected text as "format_version", got 1',
    );
    for (const key of ["format", "format_version", "kind", "spec"]) {
      expect(withMetadata((m) => delete m[key])).toMatch(/^m: /);
    }
    for (const value of wrongValues) expect(withHeader((h) => (h.__metadata__ = value))).toMatch(/^m: /);
  });
});
