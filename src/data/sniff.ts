// What kind of file the first bytes are, when they are not those of a CSV: named, so that nobody has to guess.

/** How many bytes at the start of a file `sniff` looks at. */
export const SNIFFED_BYTES = 512;

/** A kind of file that is no CSV, and the way to one. */
export interface Foreign {
  /** For a message, after "got". */
  readonly what: string;
  readonly hint: string;
}

const UNPACK = "unpack it and give the CSV file inside";
const SAVE_AS_UTF8 = 'save it again as UTF-8 text; spreadsheets call it "CSV UTF-8"';
const EXPORT_CSV = "export its table as CSV in UTF-8";

/** First bytes of binary formats, as text of one byte a character. Source: the specification of each format. */
const signatures: readonly (readonly [start: string, what: string, hint: string])[] = [
  [
    "PK\x03\x04",
    "a ZIP archive, as .xlsx and .ods files are",
    'open it in a spreadsheet and save as "CSV UTF-8"',
  ],
  ["PK\x05\x06", "an empty ZIP archive", UNPACK],
  ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file (.xls)", 'open it and save as "CSV UTF-8"'],
  ["\x1f\x8b", "a gzip stream", UNPACK],
  ["BZh", "a bzip2 stream", UNPACK],
  ["\xfd7zXZ\x00", "an xz stream", UNPACK],
  ["\x28\xb5\x2f\xfd", "a Zstandard stream", UNPACK],
  ["7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK],
  ["SQLite format 3\x00", "an SQLite database", EXPORT_CSV],
  ["PAR1", "a Parquet file", EXPORT_CSV],
  ["ARROW1", "an Arrow file", EXPORT_CSV],
  ["\x89HDF", "an HDF5 file", EXPORT_CSV],
  ["\x93NUMPY", "a NumPy array file", EXPORT_CSV],
  ["\x89PNG", "a PNG picture", EXPORT_CSV],
  ["\xff\xd8\xff", "a JPEG picture", EXPORT_CSV],
];

/**
 * Names the kind of file when its first bytes are not those of a CSV, or returns undefined.
 *
 * Binary formats by their signature, UTF-16 and UTF-32 by their mark or by a NUL in every other byte, HTML, XML,
 * JSON and PDF by how they begin, and what is dense with control characters as binary data. A file that passes
 * may still be no CSV: then the reader names the line.
 *
 * @param start the first `SNIFFED_BYTES` bytes, or all of a shorter file
 */
export function sniff(start: Uint8Array): Foreign | undefined {
  const text = latin1(start.subarray(0, SNIFFED_BYTES));
  return sniffWideText(text) ?? sniffBinary(text) ?? sniffMarkup(text);
}

function sniffWideText(text: string): Foreign | undefined {
  const wide = (what: string) => ({ what, hint: SAVE_AS_UTF8 });
  if (text.startsWith("\xff\xfe\x00\x00") || text.startsWith("\x00\x00\xfe\xff")) return wide("UTF-32 text");
  if (text.startsWith("\xff\xfe")) return wide("UTF-16 text (little-endian)");
  if (text.startsWith("\xfe\xff")) return wide("UTF-16 text (big-endian)");
  if (text.length < 4) return undefined;
  const nuls = [0, 0];
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === 0) nuls[i % 2]!++;
  const [even, odd] = [nuls[0]! / text.length, nuls[1]! / text.length];
  if (odd > 0.4 && even < 0.05) return wide("UTF-16 text (little-endian, without a mark)");
  if (even > 0.4 && odd < 0.05) return wide("UTF-16 text (big-endian, without a mark)");
  return undefined;
}

/** A column may be called "PAR1"; only control characters after it make the file Parquet. */
function sniffBinary(text: string): Foreign | undefined {
  const controls = countControls(text);
  if (controls === 0) return undefined;
  const known = signatures.find(([start]) => text.startsWith(start));
  if (known) return { what: known[1], hint: known[2] };
  if (controls <= text.length / 20 || controls < 4) return undefined;
  return {
    what: "binary data",
    hint: "give a text file: names on the first line, commas between the fields",
  };
}

/** Control characters that text has no use for: all but tab to carriage return, and escape. */
function countControls(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 9 || (code > 13 && code < 32 && code !== 27) || code === 127) count++;
  }
  return count;
}

function sniffMarkup(text: string): Foreign | undefined {
  const start = text.replace(/^\xef\xbb\xbf/, "").trimStart();
  if (/^<(!doctype html|html|head|body|table|!--)/i.test(start)) {
    return {
      what: "an HTML page",
      hint: "was it an error page that was saved? download the CSV file itself",
    };
  }
  if (/^<\?xml/i.test(start)) return { what: "an XML document", hint: EXPORT_CSV };
  if (/^(\{\s*["}]|\[\s*[[{"])/.test(start)) return { what: "JSON", hint: EXPORT_CSV };
  if (start.startsWith("%PDF-")) return { what: "a PDF document", hint: EXPORT_CSV };
  return undefined;
}

/** One character a byte: signatures read like text, and nothing can be undecodable. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
