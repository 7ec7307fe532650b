// Prints the digests of the runs as one line of JSON: node test/digest/run.mjs --dist FOLDER [--threads N] [--no-simd] [--only NAME]
// Needs the built library and nothing else, so that any Node can run it, on any processor.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { digestsOf } from "./runs.mjs";

const { values } = parseArgs({
  options: {
    dist: { type: "string", default: "dist" },
    threads: { type: "string", default: "1" },
    only: { type: "string", multiple: true },
    "no-simd": { type: "boolean", default: false },
  },
});
const load = (file) => import(pathToFileURL(join(values.dist, file)).href);

// An engine without WebAssembly, before the library can look for it.
if (values["no-simd"]) delete globalThis.WebAssembly;

const library = await load("index.js");
const { createSha256 } = await load("hash.js");
const { chooseKernels } = await load("model/kernels/choose.js");
const threads = Number(values.threads);
const host = threads > 1 ? (await load("cli/threads.js")).nodeThreads : undefined;
const datasets = new URL("../../datasets/", import.meta.url);
const readText = (name) => readFileSync(new URL(`${name}/${name}.csv`, datasets), "utf8");

const digests = await digestsOf({ library, createSha256, only: values.only, readText, threads, host });
const { version, arch } = process;
const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions();
const kernels = chooseKernels("float32").name;
const report = { engine: `Node ${version} ${arch}`, kernels, threads, locale, timeZone, digests };
process.stdout.write(`${JSON.stringify(report)}\n`);
