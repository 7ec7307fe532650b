// Every bench of speed and memory, one after the other, or those that are named.
//
//   npm run bench [-- NAME ...] [--quick] [--write]
//
// --write puts what each prints into its place in docs/performance.md.

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./cases.ts";

const titles: Readonly<Record<string, string>> = {
  steps: "Training steps",
  process: "Whole programs",
  predict: "Predicting",
  reading: "Reading",
  memory: "Memory of training",
  growth: "Growth",
};
const page = join(root, "docs/performance.md");

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, write: { type: "boolean", default: false } },
});
const unknown = positionals.find((name) => titles[name] === undefined);
if (unknown !== undefined) {
  throw new Error(`bench: expected of ${Object.keys(titles).join(", ")}, got "${unknown}"`);
}

/** What a bench prints, while it is printed; undefined when it fails. */
function outputOf(name: string): Promise<string | undefined> {
  const args = [join(import.meta.dirname, `${name}.js`), ...(options.quick ? ["--quick"] : [])];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
    process.stdout.write(piece);
  });
  return new Promise((resolve) => child.on("close", (code) => resolve(code === 0 ? text : undefined)));
}

/** The page with a bench's place filled anew: what stands between `<!-- bench NAME -->` and `<!-- end -->`. */
function filled(text: string, name: string, output: string): string {
  const mark = `<!-- bench ${name} -->\n`;
  const start = text.indexOf(mark) + mark.length;
  const end = text.indexOf("<!-- end -->", start);
  if (start < mark.length || end < 0) throw new Error(`${page}: expected ${mark.trim()} and <!-- end -->`);
  const tidy = output.trim().replace(/\n{3,}/g, "\n\n");
  return `${text.slice(0, start)}\n${tidy}\n\n${text.slice(end)}`;
}

for (const name of positionals.length > 0 ? positionals : Object.keys(titles)) {
  console.log(`\n## ${titles[name]}\n`);
  const output = await outputOf(name);
  if (output === undefined) process.exitCode = 1;
  else if (options.write) writeFileSync(page, filled(readFileSync(page, "utf8"), name, output));
}
