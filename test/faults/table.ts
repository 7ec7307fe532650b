// The closing table of npm run test:faults and npm run test:long: cases, passed, seconds, and what was skipped, by name.

import { relative } from "node:path";
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

interface Row {
  readonly name: string;
  readonly cases: number;
  readonly passed: number;
  readonly seconds: number;
  readonly skipped: readonly string[];
}

/** A test that counts nothing is one case. */
const casesOf = (test: TestCase) => test.meta().cases ?? 1;

/** A file that does not load, or a hook that fails: a case that did not pass, and the tests in it are none. */
function brokenIn(module: TestModule): (TestModule | TestSuite)[] {
  return [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0);
}

function isWithin(test: TestCase, parts: readonly (TestModule | TestSuite)[]): boolean {
  let part: TestModule | TestSuite = test.parent;
  while (!parts.includes(part)) {
    if (part.type === "module") return false;
    part = part.parent;
  }
  return true;
}

function rowOf(module: TestModule): Row {
  const broken = brokenIn(module);
  const row = { cases: broken.length, passed: 0, skipped: [] as string[] };
  for (const test of module.children.allTests()) {
    const result = test.result();
    if (result.state === "skipped") {
      if (isWithin(test, broken)) continue;
      row.skipped.push(result.note === undefined ? test.fullName : `${test.fullName}: ${result.note}`);
      continue;
    }
    row.cases += casesOf(test);
    if (result.state === "passed") row.passed += casesOf(test);
    row.skipped.push(...(test.meta().leftOut ?? []));
  }
  const name = relative(process.cwd(), module.moduleId).replaceAll("\\", "/");
  return { ...row, name, seconds: module.diagnostic().duration / 1000 };
}

const thousands = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");

export default class Table implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const rows = modules.map(rowOf).sort((a, b) => (a.name < b.name ? -1 : 1));
    if (errors.length > 0) {
      rows.push({ name: "outside of tests", cases: errors.length, passed: 0, seconds: 0, skipped: [] });
    }
    const sum = (value: (row: Row) => number) => rows.reduce((total, row) => total + value(row), 0);
    const total = {
      name: "all",
      cases: sum(({ cases }) => cases),
      passed: sum(({ passed }) => passed),
      seconds: sum(({ seconds }) => seconds),
    };
    const cells = [
      ["file", "cases", "passed", "seconds"],
      ...[...rows, total].map(({ name, cases, passed, seconds }) => [
        name,
        thousands(cases),
        thousands(passed),
        seconds.toFixed(1),
      ]),
    ];
    const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
    const lines = cells.map((line) =>
      line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  "),
    );
    const skipped = rows.flatMap((row) => row.skipped);
    const names = skipped.length > 0 ? skipped.map((name) => `skipped: ${name}`) : ["nothing was skipped"];
    process.stdout.write(`\n${[...lines, "", ...names].join("\n")}\n`);
  }
}
