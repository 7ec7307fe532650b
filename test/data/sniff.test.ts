import { describe, expect, test } from "vitest";
import { SNIFFED_BYTES, sniff } from "../../src/data/sniff.ts";

const table = "width,height,species\n1.5,2,ant\n2.5,3,bee\n";
const utf8 = (text: string) => new TextEncoder().encode(text);
const noise = Array.from({ length: 400 }, (_, i) => (i * 197 + 31) % 256);
const file = (...parts: readonly (string | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? Array.from(utf8(part)) : part)));

function utf16(text: string, littleEndian: boolean): number[] {
  return Array.from(text).flatMap((character) => {
    const unit = character.charCodeAt(0);
    return littleEndian ? [unit & 255, unit >> 8] : [unit >> 8, unit & 255];
  });
}

describe("a file that is no CSV is named for what it is", () => {
  test.each<[string, Uint8Array]>([
    ["UTF-16 text (little-endian)", file([0xff, 0xfe], utf16(table, true))],
    ["UTF-16 text (big-endian)", file([0xfe, 0xff], utf16(table, false))],
    ["UTF-16 text (little-endian, without a mark)", file(utf16(table, true))],
    ["UTF-16 text (big-endian, without a mark)", file(utf16(table, false))],
    ["UTF-32 text", file([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])],
    ["a ZIP archive, as .xlsx and .ods files are", file("PK", [3, 4, 20, 0, 6, 0, 8, 0], noise)],
    ["an empty ZIP archive", file("PK", [5, 6, 0, 0])],
    ["an old Excel file (.xls)", file([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], noise)],
    ["a gzip stream", file([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], noise)],
    ["a bzip2 stream", file("BZh91AY&SY", noise)],
    ["an SQLite database", file("SQLite format 3", [0, 16, 0, 1, 1], noise)],
    ["a Parquet file", file("PAR1", [0x15, 4, 0x15, 0x20], noise)],
    ["an HDF5 file", file([0x89], "HDF\r\n", [0x1a], "\n", noise)],
    ["a NumPy array file", file([0x93], "NUMPY", [1, 0, 0x76, 0], "{'descr': '<f8'}")],
    ["binary data", file(noise)],
    ["an HTML page", file("<!DOCTYPE html>\n<html><head><title>403, Forbidden</title></head></html>\n")],
    ["an HTML page", file("\n  <html>")],
    ["an XML document", file('<?xml version="1.0"?>')],
    ["JSON", file('{"width":0.1,"species":"ant"}\n')],
    ["JSON", file("[\n  {\n")],
    ["JSON", file([0xef, 0xbb, 0xbf], "{}")],
    ["a PDF document", file("%PDF-1.7\n")],
  ])("%s", (what, bytes) => {
    const found = sniff(bytes.subarray(0, SNIFFED_BYTES));
    expect(found?.what).toBe(what);
    expect(found?.hint.length).toBeGreaterThan(0);
  });
});

describe("a file that may be a CSV passes", () => {
  test.each([
    ["plain", table],
    ["with a byte-order mark", `\ufeff${table}`],
    ["empty", ""],
    ["a single letter", "a"],
    ["Chinese names", "宽度,高度\n1,2\n"],
    ["columns called like a signature", "PAR1,BZh,PK\n1,2,3\n"],
    ["names in brackets", "[id],{x},<y>\n1,2,3\n"],
    ["terminal escapes in names", "\u001b[31mwidth,\u001b[0mheight\n1,2\n"],
    ["one NUL, whose line the reader names", `${table}1\0,2,ant\n`],
  ])("%s", (_, text) => {
    expect(sniff(utf8(text))).toBeUndefined();
  });
});
