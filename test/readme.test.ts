// The README as a reader meets it: its commands and programs are run, in their order, in a copy of the checkout, and what
// they print is held against what is shown there. UPDATE=1 writes anew what is shown.

import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseExperiment, resolveVariants } from "../src/experiment/document.ts";
import { parseRunConfig } from "../src/index.ts";
import { compile, root } from "./built.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");

interface Block {
  readonly language: string;
  readonly text: string;
}
const blocks: readonly Block[] = blocksOf(readme);
const consoles = blocks.filter(({ language }) => language === "console").map(({ text }) => text);
const programs = blocks.flatMap(({ language, text }, i) =>
  language === "ts" ? [{ program: text, shown: blocks[i + 1]! }] : [],
);
const checkout = mkdtempSync(join(tmpdir(), "pullone-readme-"));
const updates = new Map<string, string>();
/** Whether the copy could be built at all: nothing is written anew from a broken one. */
let isBuilt = false;

function blocksOf(markdown: string): Block[] {
  return Array.from(markdown.matchAll(/^```(\w+)\n([\s\S]*?)\n```$/gm), ([, language, text]) => ({
    language: language!,
    text: text!,
  }));
}

beforeAll(() => {
  const build = ["package.json", "tsconfig.json", "tsconfig.build.json", "scripts", "src"];
  for (const name of [...build, "configs", "datasets"]) {
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"), "junction");
  // Stands in for npx, which takes half a second a command; one test below runs the real one.
  mkdirSync(join(checkout, "bin"));
  const npx = `#!/bin/sh\nshift\nnpm_command=exec exec '${process.execPath}' '${checkout}/dist/cli/main.js' "$@"\n`;
  writeFileSync(join(checkout, "bin/npx"), npx, { mode: 0o755 });
});

afterAll(() => {
  rmSync(checkout, { recursive: true, force: true });
  if (process.env.UPDATE !== "1" || updates.size === 0) return;
  let text = readme;
  for (const [before, after] of updates) text = text.replace(before, () => after);
  writeFileSync(join(root, "README.md"), text);
});

/** Runs a line in the shell as a reader would, both outputs in one. */
function shell(line: string, path = join(checkout, "bin")) {
  const { npm_command: _, ...env } = process.env;
  const { status, stdout } = spawnSync("sh", ["-c", `exec 2>&1; ${line}`], {
    cwd: checkout,
    encoding: "utf8",
    env: { ...env, PATH: `${path}${delimiter}${process.env.PATH}` },
  });
  return { code: status, out: stdout.replace(/\n$/, "") };
}

/** The same text, with the one thing that no two runs share as the README has it. */
const timeless = (text: string) => text.replace(/( epochs? in )[^;\n]+/g, (_, words) => `${words}0.1 s`);

const DOTS = "…";

/**
 * What a command printed, abridged as `shown` is: a line of dots there stands for any lines, the others are found by
 * how they begin.
 */
function abridged(actual: string, shown: string): string {
  const lines = actual.split("\n");
  const out: string[] = [];
  let at = 0;
  let skips = false;
  const beginningOf = (line: string) => line.match(/^\s*\S*(?: \S+)?/)![0];
  for (const line of shown.split("\n")) {
    if (line === DOTS) {
      skips = true;
      continue;
    }
    if (skips) {
      const exact = lines.indexOf(line, at);
      const next =
        exact >= 0 ? exact : lines.findIndex((text, i) => i >= at && beginningOf(text) === beginningOf(line));
      if (next < 0)
        throw new Error(`expected a line ${JSON.stringify(line)} in\n${lines.slice(at).join("\n")}`);
      if (next > at) out.push(DOTS);
      at = next;
      skips = false;
    }
    if (at < lines.length) out.push(lines[at]!);
    at++;
  }
  if (skips && at < lines.length) out.push(DOTS);
  if (!skips) out.push(...lines.slice(at));
  return out.join("\n");
}

function expectShown(shown: string, actual: string): void {
  if (process.env.UPDATE === "1" && isBuilt) updates.set(shown, actual);
  else expect(actual, "README.md is stale: UPDATE=1 npx vitest run test/readme").toBe(shown);
}

describe("the opening", () => {
  test("is one sentence and the two commands, complete on a fresh machine", () => {
    const [title, sentence, ...rest] = readme.split("\n\n");
    expect(title).toBe("# pullone");
    expect(sentence).toMatch(/^[^.]+\.$/);
    expect(rest.slice(0, 2)).toEqual(["```sh\nnpm ci && npm start\n```", "```sh\nnpm ci && npm test\n```"]);
  });

  test("its test command is the one that .ci/run runs", () => {
    expect(readFileSync(join(root, ".ci/run"), "utf8")).toContain("\nnpm ci && npm test\n");
  });
});

describe.skipIf(process.platform === "win32")(
  "the commands, in their order (not on Windows: they need sh)",
  () => {
    test("npm start builds, trains, evaluates, predicts, and says where the files are and what to type next", () => {
      const { code, out } = shell("npm start --silent");
      expect(code, out).toBe(0);
      const said = [
        "$ npx pullone train configs/tumor.jsonc --force",
        "test rows                        114",
        "runs/tumor-1/",
        "$ npx pullone evaluate runs/tumor-1/model.safetensors",
        ": 114 test rows",
        "$ npx pullone predict runs/tumor-1/model.safetensors",
        "Next",
        "npx pullone inspect runs/tumor-1/model.safetensors",
      ];
      let at = 0;
      for (const words of said) {
        expect(out.slice(at)).toContain(words);
        at = out.indexOf(words, at) + words.length;
      }
      const predictions = readFileSync(join(checkout, "runs/tumor-1/predictions.csv"), "utf8");
      expect(predictions.trimEnd().split("\n")).toHaveLength(570);
      isBuilt = true;
    }, 60_000);

    test("npm start works a second time, and gives the same model", () => {
      const model = join(checkout, "runs/tumor-1/model.safetensors");
      const first = readFileSync(model);
      expect(shell("npm start --silent").code).toBe(0);
      expect(readFileSync(model).equals(first)).toBe(true);
    }, 60_000);

    test("npx pullone finds the built program", () => {
      expect(shell("npx pullone --version 2>/dev/null", "").out).toMatch(/^\d+\.\d+\.\d+$/);
    });

    test.each(consoles.map((text) => [text.split("\n")[0]!, text]))("%s", (first, text) => {
      const [, ...shown] = text.split("\n");
      const { out } = shell(first.replace(/^\$ /, ""));
      expectShown(text, [first, abridged(timeless(out), shown.join("\n"))].join("\n"));
    });

    test("every command of the program is shown", () => {
      for (const command of [
        "train",
        "evaluate",
        "compare",
        "predict",
        "inspect",
        "init",
        "experiment",
        "calibrate",
        "explain",
        "check",
      ]) {
        expect(consoles.some((text) => text.includes(`npx pullone ${command} `))).toBe(true);
      }
    });
  },
);

test("the programs compile strictly against the published types, run, and print what is shown", () => {
  const folder = join(checkout, "programs");
  mkdirSync(folder);
  if (!existsSync(join(checkout, "dist"))) shell("npm run build --silent");
  const files = programs.map(({ program }, i) => {
    const file = join(folder, `${i}.ts`);
    writeFileSync(file, `${program}\n`);
    return file;
  });
  const strict = ["--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes"];
  const modules = ["--target", "es2023", "--module", "nodenext", "--types", "node"];
  compile(["--ignoreConfig", ...strict, ...modules, ...files]);
  expect(files).toHaveLength(2);
  for (const [i, { shown }] of programs.entries()) {
    const { stdout } = spawnSync(process.execPath, [join(folder, `${i}.js`)], { encoding: "utf8" });
    expect(shown.language).toBe("text");
    expectShown(shown.text, stdout.trimEnd());
  }
}, 60_000);

test("the gradient told in five lines has the numbers of the program below it", () => {
  const section = readme.split("\n## Push all, pull one\n")[1]!.split("\n## ")[0]!;
  expect(section.match(/^\d\. /gm)).toHaveLength(5);
  const [loss, p0, ...next] = section
    .split("```text\n")[1]!
    .match(/-?\d+\.\d+/g)!
    .map(Number);
  for (const value of [loss!, p0!, ...next]) expect(section).toContain(value.toFixed(4));
});

test("the table of scores has the scores of the other systems as datasets/baselines.json has them", () => {
  const { sets } = JSON.parse(readFileSync(join(root, "datasets/baselines.json"), "utf8"));
  const rows = readme
    .split("| table | system |")[1]!
    .split("\n\n")[0]!
    .split("\n")
    .slice(2)
    .map((line) => line.split("|").map((cell) => cell.trim()));
  expect(rows).toHaveLength(3 * Object.keys(sets).length);
  const models = { "logistic regression": "logreg", "MLPClassifier, SGD": "mlp_sgd" } as const;
  let set = "";
  for (const [, name, system, accuracy, logLoss] of rows) {
    if (name !== "") set = name!;
    if (system === "pullone") continue;
    const peer = sets[set].models[models[system as keyof typeof models]];
    const told = ({ mean, sd }: { mean: number; sd: number }) =>
      `${mean.toFixed(4)} ± ${(sd / Math.sqrt(peer.folds)).toFixed(4)}`;
    expect([accuracy, logLoss]).toEqual([told(peer.accuracy), told(peer.log_loss)]);
  }
});

const pages = [
  "README.md",
  "CHANGELOG.md",
  "datasets/README.md",
  "test/golden/README.md",
  ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`),
];

describe.each(pages)("%s", (page) => {
  const text = readFileSync(join(root, page), "utf8");

  test("links to files and headings that are there", () => {
    for (const [, target] of text.replace(/```[\s\S]*?```/g, "").matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const [path = "", heading] = target!.split("#");
      const file = path === "" ? join(root, page) : join(root, dirname(page), path);
      expect(existsSync(file), `${page}: ${target}`).toBe(true);
      if (heading === undefined) continue;
      const headings = Array.from(readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm), ([, name]) =>
        slug(name!),
      );
      expect(headings, `${page}: ${target}`).toContain(heading);
    }
  });

  test("shows only configurations that are accepted", () => {
    for (const { language, text: shown } of blocksOf(text)) {
      if (language !== "jsonc") continue;
      if (shown.includes('"variants"')) {
        const document = parseExperiment(shown, [], page);
        const base = join(root, dirname(page), String(document.words.base));
        expect(resolveVariants(document, readFileSync(base, "utf8"), base)).not.toEqual([]);
        continue;
      }
      const { data } = parseRunConfig(shown, page);
      if (page === "README.md") expect(existsSync(join(root, data.file!))).toBe(true);
    }
  });

  test("names files of this repository that are there", () => {
    const folders = "src|test|docs|scripts|configs|datasets|bench";
    for (const [, path] of text.matchAll(new RegExp(`\`((?:${folders})/[\\w./-]*)\``, "g"))) {
      expect(existsSync(join(root, path!)), `${page}: ${path}`).toBe(true);
    }
  });
});

/** The anchor that a heading gets. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

describe("the tree in docs/architecture.md", () => {
  const text = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const tree = text.split("\n## 3. The tree\n")[1]!.match(/```text\n([\s\S]*?)```/)![1]!;
  const words = new Set(tree.match(/[\w.-]+\/?/g));

  test("names every file of src but those of assembly/, which stand under one name", () => {
    const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
      .filter(
        (file) =>
          statSync(join(root, "src", file)).isFile() && !file.includes("assembly") && !file.endsWith(".d.ts"),
      )
      .map((file) => basename(file, ".ts"));
    /** `simd-…` in the tree stands for all files that begin so. */
    const isNamed = (name: string) => words.has(name) || words.has(`${name.split("-")[0]}-`);
    expect(files.filter((name) => !isNamed(name))).toEqual([]);
  });

  test("names every folder", () => {
    const folders = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((path) =>
      statSync(join(root, "src", path)).isDirectory(),
    );
    expect(
      folders.filter((path) => !words.has(`${basename(path)}/`)).map((path) => relative("", path)),
    ).toEqual([]);
  });
});
