// The digests of digest.test.ts in other engines, on another processor and with every number of threads. What this
// machine lacks is skipped by its name; npm run engines installs it. All of it is npm run test:engines, and npm test is
// content with one run in each Node that is there.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserOf, browsers, commandOf, nodes } from "../scripts/engines.mjs";
import { buildPackage, root } from "./built.ts";
import { digestsIn } from "./digest/engines.ts";
import { buildPages, reportOfFile, reportOfServed } from "./digest/page.mjs";

const digests: Record<string, string> = JSON.parse(
  readFileSync(join(root, "test/digest/digests.json"), "utf8"),
);
const slow = { timeout: 300_000 };
const notNow = process.env.MODE === "engines" ? undefined : "npm run test:engines";
let dist = "";
let pages = "";

beforeAll(async () => {
  dist = join(buildPackage("engines"), "dist");
  if (notNow === undefined) pages = await buildPages(dist);
}, 60_000);
afterAll(() => {
  if (pages !== "") rmSync(pages, { recursive: true, force: true });
});

describe.each(nodes)("$name ($version, $cpu)", (node) => {
  const { command = [], missing } = commandOf(node);
  const isQuick = node.cpu === process.arch;

  test.for([
    { kernels: "simd", threads: 1, options: [] },
    { kernels: "reference", threads: 1, options: ["--no-simd"] },
    { kernels: "simd", threads: 2, options: ["--threads", "2"] },
  ])("$kernels kernels, $threads threads", slow, async ({ options, ...wanted }, { skip }) => {
    if (missing !== undefined) skip(missing);
    if (notNow !== undefined && !(isQuick && options.length === 0)) skip(`${node.name}: ${notNow}`);
    const report = await digestsIn(command, dist, options);
    expect(report).toMatchObject({ engine: `Node v${node.version} ${node.cpu}`, ...wanted, digests });
  });
});

describe.each(browsers)("$name", (browser) => {
  const { program = "", missing = notNow && `${browser.name}: ${notNow}` } = browserOf(browser);
  const name = new RegExp(browser.userAgent);

  test.for([1, 2, 4])("a served page, %d threads", slow, async (threads, { skip }) => {
    if (missing !== undefined) skip(missing);
    const report = await reportOfServed(browser.name, program, pages, threads);
    expect(report).toMatchObject({ kernels: "simd", threads, digests });
    expect(report.engine).toMatch(name);
  });

  test("a served page without WebAssembly", slow, async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const report = await reportOfServed(browser.name, program, pages, 1, false);
    expect(report).toMatchObject({ kernels: "reference", digests });
  });

  test.for(["simd", "reference"])(
    "a page opened from the disk, %s kernels",
    slow,
    async (kernels, { skip }) => {
      if (missing !== undefined) skip(missing);
      if (!browser.printsPages) skip(`${browser.name}: cannot print a page that it was told to open`);
      const report = await reportOfFile(program, pages, kernels === "simd");
      expect(report).toMatchObject({ kernels, digests });
    },
  );
});

describe("this Node", () => {
  test.for([3, 4, 6, 7, 8])("%d threads", slow, async (threads, { skip }) => {
    if (notNow !== undefined) skip(`${threads} threads: ${notNow}`);
    const report = await digestsIn([process.execPath], dist, ["--threads", String(threads)]);
    expect(report).toMatchObject({ kernels: "simd", threads, digests });
  });
});
