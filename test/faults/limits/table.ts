// A table of any size, made as it is read: a header, and then the same rows over and over.

const CLASSES = ["ant", "bee", "cat"];

/** Columns c0, c1, … of numbers with so many decimals, and a label; `rows` of them, as text without the header. */
export function block(columns: number, decimals: number, rows: number): string {
  let state = 7;
  const digit = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >> 16) % 10;
  };
  const number = (row: number, column: number) =>
    `${digit() + ((row % 3) * (column % 4)) * 3}.${Array.from({ length: decimals }, digit).join("")}`;
  const row = (i: number) =>
    [...Array.from({ length: columns }, (_, c) => number(i, c)), CLASSES[i % 3]].join();
  return `${Array.from({ length: rows }, (_, i) => row(i)).join("\n")}\n`;
}

export const header = (columns: number): string =>
  `${[...Array.from({ length: columns }, (_, c) => `c${c}`), "kind"].join()}\n`;

/** The header, and the block until at least `bytes` bytes have been given. */
export function* repeated(head: string, rows: string, bytes: number): Generator<Uint8Array> {
  yield new TextEncoder().encode(head);
  const chunk = new TextEncoder().encode(rows);
  for (let given = 0; given < bytes; given += chunk.length) yield chunk;
}
