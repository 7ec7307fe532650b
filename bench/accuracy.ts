// Cross-validated scores on the folds that lie beside each data set, next to what other systems reach on the same folds.
//
//   npm run bench:accuracy [-- FOLDER] [--only NAME] [--repeats N] [--set key=value …]
//
// FOLDER holds one folder a data set (NAME.csv, meta.json, folds.csv) and baselines.json; by default the bundled five.
// A set that has a configuration in configs/ is trained by it, any other by the defaults. The test rows of a fold take
// no part in anything but its score.
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { evaluatePart, fit } from "../src/classifier.ts";
import { type RunConfig, resolveRunConfig } from "../src/config.ts";
import { fitLabels, labelCodes } from "../src/data/labels.ts";
import { readTable } from "../src/data/reader.ts";
import { stratifiedSplit } from "../src/data/strata.ts";
import type { Table } from "../src/data/table.ts";
import { complete } from "../src/model/kernels/operations.ts";
import { prepare } from "../src/prepare.ts";
import { randomStream } from "../src/random.ts";
import { printTable } from "./table.ts";

const root = join(import.meta.dirname, "..", "..");
const PART = "(part)";
const PEERS = { logreg: "logistic regression", mlp_sgd: "MLPClassifier, SGD" } as const;
const NAMES: Record<string, string> = {
  "breast-cancer-wisconsin-diagnostic": "tumor",
  palmerpenguins: "penguins",
};

interface Peer {
  accuracy: { mean: number; sd: number };
  log_loss: { mean: number; sd: number };
  folds: number;
}
interface Baselines {
  sets: Record<string, { models: Record<string, Peer> }>;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    repeats: { type: "string", default: "5" },
    set: { type: "string", multiple: true, default: [] },
  },
});
const folder = positionals[0] ?? join(root, "datasets");

function configOf(set: string, label: string, file: string): RunConfig {
  const path = join(root, "configs", `${NAMES[set] ?? set}.jsonc`);
  const text = existsSync(path) ? readFileSync(path, "utf8") : JSON.stringify({ data: { label } });
  return resolveRunConfig(text, [...options.set, `data.file=${JSON.stringify(file)}`], path);
}

/** The table with a column that says train, validation or test: `test` where the row is in the fold. */
function withParts(
  table: Table,
  codes: Int32Array,
  folds: Int32Array,
  fold: number,
  config: RunConfig,
): Table {
  const rest = Int32Array.from(codes.keys()).filter((row) => folds[row] !== fold);
  const share = config.split.kind === "stratified" ? config.split.validation / (1 - config.split.test) : 0;
  const restCodes = rest.map((row) => codes[row]!);
  const chosen = stratifiedSplit(
    restCodes,
    { validation: share, test: 0 },
    randomStream(config.seed, "split", fold),
  );
  const parts = new Uint32Array(codes.length).fill(2);
  for (const row of rest) parts[row] = 0;
  for (const i of chosen.validation) parts[rest[i]!] = 1;
  const texts = ["train", "validation", "test"];
  return { ...table, columns: [...table.columns, { name: PART, kind: "coded", codes: parts, texts }] };
}

function readFolds(path: string): Int32Array[] {
  const rows = readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",").map(Number));
  return rows[0]!.slice(1).map((_, repeat) => Int32Array.from(rows, (row) => row[repeat + 1]!));
}

async function scoreSet(set: string): Promise<{ accuracy: number[]; logLoss: number[]; seconds: number }> {
  const meta = JSON.parse(readFileSync(join(folder, set, "meta.json"), "utf8")) as {
    file: string;
    target: string;
  };
  const file = join(folder, set, meta.file);
  const config = configOf(set, meta.target, file);
  const { data } = config;
  const coded = [
    data.label,
    ...Object.keys(data.columns).filter((name) => data.columns[name]!.kind === "categorical"),
  ];
  const { table } = await readTable(createReadStream(file), file, {
    coded,
    missingValues: data.missingValues,
  });
  const everyRow = Int32Array.from(table.lines.keys());
  const labels = fitLabels(table, everyRow, { column: data.label, missingValues: data.missingValues });
  const codes = labelCodes(labels, table, everyRow);
  const accuracy: number[] = [];
  const logLoss: number[] = [];
  const start = performance.now();
  for (const [repeat, folds] of readFolds(join(folder, set, "folds.csv"))
    .slice(0, Number(options.repeats))
    .entries()) {
    for (let fold = 1; fold <= 5; fold++) {
      const run = { ...config, seed: 1000 * (repeat + 1) + fold };
      const split = { kind: "column" as const, column: PART, test: ["test"] };
      const hasValidation = config.split.kind === "stratified" && config.split.validation > 0;
      const parts = { ...split, validation: hasValidation ? ["validation"] : [] };
      const prepared = prepare({ ...run, split: parts }, withParts(table, codes, folds, fold, run));
      const report = evaluatePart(complete(fit(run, prepared)), prepared.test)!;
      accuracy.push(report.accuracy);
      logLoss.push(report.logLoss);
    }
  }
  return { accuracy, logLoss, seconds: (performance.now() - start) / 1000 / accuracy.length };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function standardError(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)) / (values.length - 1));
}

const baselines = JSON.parse(readFileSync(join(folder, "baselines.json"), "utf8")) as Baselines;
const sets = readdirSync(folder)
  .filter((name) => existsSync(join(folder, name, "folds.csv")) && (options.only ?? name) === name)
  .sort();
const rows: string[][] = [];
let behind = 0;
for (const set of sets) {
  const ours = await scoreSet(set);
  const [accuracy, logLoss] = [mean(ours.accuracy), mean(ours.logLoss)];
  const show = (value: number, error: number) => `${value.toFixed(4)} ± ${error.toFixed(4)}`;
  rows.push([
    set,
    "pullone",
    show(accuracy, standardError(ours.accuracy)),
    show(logLoss, standardError(ours.logLoss)),
    `${ours.seconds.toFixed(2)} s a fold`,
  ]);
  for (const [key, name] of Object.entries(PEERS)) {
    const peer = baselines.sets[set]?.models[key];
    if (!peer) continue;
    const accuracyError = peer.accuracy.sd / Math.sqrt(peer.folds);
    const lossError = peer.log_loss.sd / Math.sqrt(peer.folds);
    const holds = accuracy >= peer.accuracy.mean - accuracyError && logLoss <= peer.log_loss.mean + lossError;
    if (!holds) behind++;
    rows.push([
      "",
      name,
      show(peer.accuracy.mean, accuracyError),
      show(peer.log_loss.mean, lossError),
      holds ? "not behind" : "BEHIND",
    ]);
  }
}
printTable(["set", "system", "accuracy", "log loss", ""], rows);
console.log(
  "± one standard error of the folds; not behind: both means within the peer's standard error, or better",
);
process.exitCode = behind > 0 ? 1 : 0;
