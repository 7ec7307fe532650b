// Rows in which there is no quote: a line end is then the end of a row, and no parser is needed to find it.

const LF = 10;
const CR = 13;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true }); // a mark within the text is a character of it

/**
 * How many of the bytes are whole rows: up to the last line end. A CR that is the last byte ends no row yet, as it may
 * be half of a CRLF.
 *
 * @param bytes   without a quote
 * @param carried the first so many bytes hold no line end, but for a CR that may be the last of them
 */
export function endOfRows(bytes: Uint8Array, carried: number): number {
  const from = Math.max(0, carried - 1);
  const more = bytes.subarray(from);
  const lf = more.lastIndexOf(LF);
  const cr = more.length < 2 ? -1 : more.lastIndexOf(CR, more.length - 2);
  const last = Math.max(lf, cr);
  return last < 0 ? 0 : from + last + 1;
}

/** The lines of whole rows, without their ends: LF, CRLF or CR. */
export function plainLines(bytes: Uint8Array): string[] {
  const text = decoder.decode(bytes);
  const lines = text.includes("\r") ? text.split(/\r\n|\n|\r/) : text.split("\n");
  lines.pop(); // after the last line end there is nothing
  return lines;
}
