// Which tests reach which blocks: every block of a source gets a mark at its head that notes that it was entered.

import { parseAst } from "rolldown/parseAst";

declare global {
  /** The marks of each marked source: 1 for a block that was entered. */
  var blocksEntered: Map<string, Uint8Array> | undefined;
}

/** The ranges of the blocks of a source, outer before inner; the first is the whole file. */
function blocksOf(text: string): { start: number; end: number }[] {
  const blocks = [{ start: 0, end: text.length }];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const node = value as { type?: string; start: number; end: number };
    if (node.type === "BlockStatement") blocks.push({ start: node.start + 1, end: node.end });
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(text, { lang: "ts" }));
  return blocks;
}

/** The name of the innermost block around a place. */
export function blockAt(file: string, text: string, place: number): string {
  return `${file}:${blocksOf(text).findLastIndex(({ start, end }) => start <= place && place < end)}`;
}

/** The source with marks in it. */
export function marked(file: string, text: string): string {
  const blocks = blocksOf(text);
  const name = JSON.stringify(file);
  let out = text;
  for (const [number, { start }] of [...blocks.entries()].sort(([, a], [, b]) => b.start - a.start)) {
    out = `${out.slice(0, start)}__entered[${number}] = 1;${out.slice(start)}`;
  }
  return `const __entered = new Uint8Array(${blocks.length}); (globalThis.blocksEntered ??= new Map()).set(${name}, __entered); ${out}`;
}

/** The names of the blocks entered since the last call. */
export function takeEntered(): string[] {
  const names: string[] = [];
  for (const [file, entered] of globalThis.blocksEntered ?? []) {
    for (const [number, mark] of entered.entries()) if (mark === 1) names.push(`${file}:${number}`);
    entered.fill(0);
  }
  return names;
}
