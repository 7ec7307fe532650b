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

describe("the way out suits the kind of file", () => {
  test.each<[string, string, Uint8Array]>([
    ["a gzip stream", "unpack it and give the CSV file inside", file([0x1f, 0x8b, 8, 0, 0, 0])],
    ["an xz stream", "unpack it and give the CSV file inside", file([0xfd], "7zXZ", [0])],
    ["a Zstandard stream", "unpack it and give the CSV file inside", file([0x28, 0xb5, 0x2f, 0xfd, 0])],
    ["a 7-Zip archive", "unpack it and give the CSV file inside", file("7z", [0xbc, 0xaf, 0x27, 0x1c, 0])],
    ["an Arrow file", "export its table as CSV in UTF-8", file("ARROW1", [0, 0])],
    ["a PNG picture", "export its table as CSV in UTF-8", file([0x89], "PNG", [0])],
    ["a JPEG picture", "export its table as CSV in UTF-8", file([0xff, 0xd8, 0xff, 0])],
    ["an HDF5 file", "export its table as CSV in UTF-8", file([0x89], "HDF", [0])],
    ["a PDF document", "export its table as CSV in UTF-8", file("%PDF-1.7")],
    [
      "an old Excel file (.xls)",
      'open it and save as "CSV UTF-8"',
      file([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0]),
    ],
    [
      "a ZIP archive, as .xlsx and .ods files are",
      'open it in a spreadsheet and save as "CSV UTF-8"',
      file("PK", [3, 4, 0]),
    ],
    [
      "UTF-16 text (little-endian)",
      'save it again as UTF-8 text; spreadsheets call it "CSV UTF-8"',
      file([0xff, 0xfe, 0x61, 0]),
    ],
    [
      "UTF-32 text",
      'save it again as UTF-8 text; spreadsheets call it "CSV UTF-8"',
      file([0, 0, 0xfe, 0xff]),
    ],
    [
      "binary data",
      "give a text file: names on the first line, commas between the fields",
      file("abc", [1, 2, 3, 4]),
    ],
    ["an HTML page", "was it an error page that was saved? download the CSV file itself", file("<html>")],
  ])("%s: %s", (what, hint, bytes) => {
    expect(sniff(bytes)).toEqual({ what, hint });
  });

  test("text without a mark is UTF-16 when more than two in five bytes are NULs of one parity, at least four bytes long", () => {
    const nuls = (count: number, odd: boolean) =>
      Uint8Array.from({ length: 20 }, (_, i) => (i % 2 === (odd ? 1 : 0) && i < 2 * count ? 0 : 97));
    const wide = (bytes: Uint8Array) => sniff(bytes)?.what.startsWith("UTF-16") === true;
    expect([wide(nuls(9, true)), wide(nuls(9, false))]).toEqual([true, true]);
    expect([wide(nuls(8, true)), wide(nuls(8, false))]).toEqual([false, false]);
    expect([wide(Uint8Array.of(97, 0, 98)), wide(Uint8Array.of(97, 0, 98, 0))]).toEqual([false, true]);
    const both = nuls(9, true);
    both[0] = 0;
    expect(wide(both)).toBe(false);
  });

  test("control characters are binary data from four on that are more than a twentieth", () => {
    const text = (controls: number, length: number, code = 1) =>
      Uint8Array.from({ length }, (_, i) => (i < controls ? code : 97));
    expect(sniff(text(4, 40))?.what).toBe("binary data");
    expect(sniff(text(3, 40))).toBeUndefined();
    expect(sniff(text(4, 80))).toBeUndefined();
    expect(sniff(text(5, 80))?.what).toBe("binary data");
    for (const code of [8, 14, 26, 28, 31, 127]) expect(sniff(text(9, 40, code))?.what).toBe("binary data");
    for (const code of [9, 10, 13, 27, 32, 126]) expect(sniff(text(9, 40, code))).toBeUndefined();
  });
});
