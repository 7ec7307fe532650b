// Reads the imports of every source file and holds them against the table of docs/architecture.md §2.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.includes("assembly"))
  .sort();

type Room = "base" | "data" | "model" | "train" | "root" | "cli" | "web";

const base = ["errors.ts", "random.ts", "matrix.ts", "borrow.ts", "elementary.ts", "elementary"];
const knows: Record<Room, readonly Room[]> = {
  base: ["base"],
  data: ["base", "data"],
  model: ["base", "model"],
  train: ["base", "data", "model", "train"],
  root: ["base", "data", "model", "train", "root"],
  cli: ["base", "data", "model", "train", "root", "cli"],
  web: ["base", "data", "model", "train", "root", "web"],
};
/** Each package has one door. */
const doors: Record<string, readonly string[]> = {
  seedrandom: ["random.ts"],
  "csv-parse": ["data/csv.ts"],
  valibot: ["config/words.ts", "artifact/words.ts", "artifact/spec.ts", "artifact/checkpointspec.ts"],
  "jsonc-parser": ["config/jsonc.ts"],
  "@noble/hashes": ["hash.ts"],
  commander: ["cli/program.ts"],
};

function roomOf(file: string): Room {
  const [first] = file.split("/");
  if (base.includes(first!)) return "base";
  if (first === "data" || first === "model" || first === "train" || first === "cli" || first === "web")
    return first;
  return "root";
}

/** Imports that are still there at run time, `import type` left out. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const found = text.matchAll(
    /^(?:import|export)\s+(?!type\s)(?:[^"'`;]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm,
  );
  return Array.from(found, (match) => (match[1] ?? match[2])!);
}

/** The code without comments and without the text of strings. */
function codeOf(file: string): string {
  return readFileSync(join(root, file), "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|[^:])\/\/.*$/gm, "$1")
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replace(/`(?:[^`\\$]|\\.|\$(?!\{))*`/g, "``");
}

describe("rooms and arrows", () => {
  test.each(files)("%s imports only what its room may know", (file) => {
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith(".")) {
        const target = normalize(join(dirname(file), specifier));
        expect(knows[roomOf(file)], `${file} -> ${target}`).toContain(roomOf(target));
      } else if (specifier.startsWith("node:")) {
        expect(roomOf(file), `${file} imports ${specifier}`).toBe("cli");
      } else {
        const name = specifier
          .split("/")
          .slice(0, specifier.startsWith("@") ? 2 : 1)
          .join("/");
        expect(doors[name] ?? [], `${file} imports ${specifier}`).toContain(file);
      }
    }
  });

  test("imports have no cycle", () => {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      expect(path, `cycle: ${[...path, file].join(" -> ")}`).not.toContain(file);
      if (done.has(file)) return;
      for (const specifier of importsOf(file)) {
        if (specifier.startsWith(".")) visit(normalize(join(dirname(file), specifier)), [...path, file]);
      }
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });
});

describe("what differs between engines, machines and moments stays outside", () => {
  const forbidden =
    /\bMath\.(?:exp|log|log1p|expm1|log2|log10|pow|tanh|sinh|cosh|sin|cos|tan|asin|acos|atan|atan2|asinh|acosh|atanh|cbrt|hypot|random)\b|\*\*|\blocaleCompare\b|\btoLocale\w*|\bIntl\.|\bDate\b|\.sort\(\)|\btoSorted\(\)|\bconsole\.|\bprocess\.|\bperformance\./;
  /** The one place that sorts numbers without a comparator: a Float64Array, where that is defined. */
  const sorted = "return values.sort() as T;";
  test.each(files.filter((file) => roomOf(file) !== "cli"))("%s", (file) => {
    const line = codeOf(file)
      .replace(file === "matrix.ts" ? sorted : /^$/, "")
      .split("\n")
      .find((text) => forbidden.test(text));
    expect(line).toBeUndefined();
  });
});

test("no file of src is longer than 250 lines", () => {
  const long = files.filter(
    (file) => !file.endsWith(".wasm.ts") && readFileSync(join(root, file), "utf8").split("\n").length > 250,
  );
  expect(long.map((file) => relative(root, join(root, file)))).toEqual([]);
});
