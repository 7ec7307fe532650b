// Prints the closing line of .ci/run from the report that vitest writes when CI is set; told how npm test has ended.
import { existsSync, readFileSync } from "node:fs";

const path = new URL("../test-results.json", import.meta.url);
const nothing = { testResults: [], numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
const report = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : nothing;

// A file that does not load and a hook that fails are no test, but they have failed.
const broken = report.testResults.filter(
  ({ status, assertionResults }) =>
    status === "failed" && !assertionResults.some((test) => test.status === "failed"),
);
const counted = report.numFailedTests + broken.length;
// Something failed for which no test is to blame: an error outside of them, or the installation before.
const failed = counted === 0 && process.argv[2] !== "0" ? 1 : counted;
const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
const tail = skipped > 0 ? `, ${skipped} skipped` : "";
process.stdout.write(`${report.numPassedTests} passed, ${failed} failed${tail}\n`);
