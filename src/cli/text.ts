// Numbers and tables as a person reads them. No locale: the same text everywhere.

import { printable } from "../errors.ts";

/** 0.9737 -> "97.4 %"; 1 and 0 only when they are exact. */
export function percent(share: number): string {
  const rounded = (share * 100).toFixed(1);
  if (rounded === "100.0") return share === 1 ? "100 %" : "> 99.9 %";
  if (rounded === "0.0") return share === 0 ? "0 %" : "< 0.1 %";
  return `${rounded} %`;
}

/** 0.947 and 1 -> "94.7 to 100 %". */
export function percentRange(lower: number, upper: number): string {
  return `${percent(lower).slice(0, -2)} to ${percent(upper)}`;
}

/** Fixed decimals; a dash for what is not defined. */
export function decimals(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined || Number.isNaN(value) ? "–" : value.toFixed(digits);
}

/** Four significant digits without needless zeros, an exponent only for the very large and small: 143.5, 0.001684. */
export function compact(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) return String(value);
  if (size >= 1e7 || size < 1e-4) return value.toExponential(3).replace(/\.?0*e\+?/, "e");
  return String(Number(value.toPrecision(size >= 1000 ? Math.ceil(Math.log10(size)) : 4)));
}

/** 12345 -> "12,345". */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** counted(1, "row") -> "1 row"; counted(2, "class", "classes") -> "2 classes". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** 83 seconds -> "1 min 23 s". */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** 24576 -> "24.6 kB". */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A name from outside, safe for a terminal and at most `longest` characters. */
export function shown(name: string, longest = 40): string {
  const characters = Array.from(printable(name));
  return characters.length > longest ? `${characters.slice(0, longest - 1).join("")}…` : characters.join("");
}

/** Names from outside in a row, each at most `longest` characters; one that holds a comma stands in quotes. */
export function inRow(names: readonly string[], longest = 40): string {
  const texts = names.map((name) => shown(name, longest));
  return texts.map((text) => (text.includes(",") ? `"${text}"` : text)).join(", ");
}

/** A word as a shell takes it: in single quotes when it holds anything unusual, with codes for what cannot be seen. */
export function quoteWord(word: string): string {
  if (/^[\w./:@%+,=-]+$/.test(word) && !word.startsWith("-")) return word;
  if (printable(word) === word) return `'${word.replaceAll("'", `'\\''`)}'`;
  const coded = (character: string) =>
    printable(character) === character && character !== "'" && character !== "\\"
      ? character
      : `\\U${character.codePointAt(0)!.toString(16).padStart(8, "0")}`;
  return `$'${Array.from(word, coded).join("")}'`;
}

/** The same of a path, which is then none that could be an option. */
export function quotePath(path: string): string {
  return quoteWord(path.startsWith("-") ? `./${path}` : path);
}

export type Alignment = "left" | "right";

/** Rows of cells as lines with columns two spaces apart; no spaces at the ends of lines. */
export function aligned(rows: readonly (readonly string[])[], alignment: readonly Alignment[]): string[] {
  const widths = alignment.map((_, c) => Math.max(0, ...rows.map((row) => width(row[c] ?? ""))));
  return rows.map((row) =>
    alignment
      .map((side, c) => {
        const cell = row[c] ?? "";
        const space = " ".repeat(widths[c]! - width(cell));
        return side === "left" ? cell + space : space + cell;
      })
      .join("  ")
      .trimEnd(),
  );
}

function width(text: string): number {
  return Array.from(text).length;
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of up to `length` characters for a share of 0 to 1, in steps of an eighth. */
export function bar(share: number, length: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * length * 8);
  return "█".repeat(eighths >> 3) + EIGHTHS[eighths & 7]!;
}

/** A bar to the left of a line for what is below 0, to the right for what is above; a share of -1 to 1. */
export function signedBar(share: number, length: number): string {
  const size = bar(Math.abs(share), length);
  if (share >= 0) return `${" ".repeat(length)}│${size}`;
  // There are no eighths that begin on the right, so the left side is in whole characters.
  const whole = Math.round(Math.min(1, -share) * length);
  return `${" ".repeat(length - whole)}${"█".repeat(whole)}│`;
}

const LEVELS = "▁▂▃▄▅▆▇█";

/** A curve in one line of at most `length` characters, from its smallest value to its largest. */
export function sparkline(values: readonly number[], length: number): string {
  if (values.length === 0) return "";
  const points = Math.min(length, values.length);
  const sampled = Array.from(
    { length: points },
    (_, i) => values[points === 1 ? 0 : Math.round((i * (values.length - 1)) / (points - 1))]!,
  );
  const low = Math.min(...sampled);
  const range = Math.max(...sampled) - low;
  return sampled
    .map((v) => LEVELS[range > 0 ? Math.min(7, Math.floor(((v - low) / range) * 8)) : 0])
    .join("");
}
