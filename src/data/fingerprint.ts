// The rows of a table as one stream of bytes that says the same whatever the order of the columns.

import { isMissingAt, place, readCells, valueAt } from "./cells.ts";
import { categoryTexts } from "./encode.ts";
import type { Encoder } from "./encoder.ts";
import type { LabelSet } from "./labels.ts";
import { requireColumn } from "./mentions.ts";
import type { Table } from "./table.ts";

/** Marks a missing text; no text is as long. */
const NO_TEXT = 0xffffffff;
/** Upper half of the one NaN that stands for a missing number. */
const NAN_HIGH = 0x7ff80000;

/**
 * Feeds the given rows to a hash: what the encoder reads of them, and their labels.
 *
 * Little-endian: the number of rows; then each feature in the order of the encoder, and the label: its kind (0
 * numeric, 1 text), its name, and its cells in the order of `rows`. A number is a float64, NaN when missing; a text
 * is its length in bytes and its UTF-8, without the blanks around it, or 0xffffffff when missing.
 *
 * Other columns, other rows and the order of the columns change nothing.
 *
 * @param update takes the next bytes, which are overwritten when it returns
 */
export function rowsFingerprint(
  update: (bytes: Uint8Array) => void,
  table: Table,
  rows: Int32Array,
  encoder: Encoder,
  labels: LabelSet,
): void {
  const columns = [
    ...encoder.features.map(({ column, kind }) => ({ name: column, numeric: kind === "numeric" })),
    { name: labels.column, numeric: false },
  ];
  const sink = createSink(update);
  sink.putWord(rows.length);
  for (const { name, numeric } of columns) {
    sink.putWord(numeric ? 0 : 1);
    sink.putText(utf8.encode(name));
    const cells = readCells(requireColumn(table, name, "column"), encoder.missingValues);
    if (numeric) {
      for (const row of rows) sink.putNumber(valueAt(cells, place(cells, row)));
      continue;
    }
    const texts = categoryTexts(cells, table, name).map((text, at) =>
      isMissingAt(cells, at) ? null : utf8.encode(text),
    );
    for (const row of rows) sink.putText(texts[place(cells, row)]!);
  }
  sink.flush();
}

const utf8 = new TextEncoder();

/** Gathers small pieces, so that the hash is fed 64 kB at a time. */
function createSink(update: (bytes: Uint8Array) => void) {
  const buffer = new Uint8Array(65_536);
  const view = new DataView(buffer.buffer);
  let used = 0;

  function flush(): void {
    update(buffer.subarray(0, used));
    used = 0;
  }
  function reserve(bytes: number): void {
    if (used + bytes > buffer.length) flush();
  }
  function putWord(word: number): void {
    reserve(4);
    view.setUint32(used, word, true);
    used += 4;
  }
  function putNumber(value: number): void {
    if (Number.isNaN(value)) {
      putWord(0);
      putWord(NAN_HIGH);
      return;
    }
    reserve(8);
    view.setFloat64(used, value, true);
    used += 8;
  }
  function putText(text: Uint8Array | null): void {
    putWord(text === null ? NO_TEXT : text.length);
    if (text === null) return;
    if (text.length > buffer.length) {
      flush();
      update(text);
      return;
    }
    reserve(text.length);
    buffer.set(text, used);
    used += text.length;
  }

  return { putWord, putNumber, putText, flush };
}
