// Prints the closing line of .ci/run from the report that vitest writes when CI is set.
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(new URL("../test-results.json", import.meta.url), "utf8"));
const failedSuites = report.testResults.filter(
  (suite) => suite.status === "failed" && suite.assertionResults.length === 0,
);
const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
const tail = skipped > 0 ? `, ${skipped} skipped` : "";
process.stdout.write(
  `${report.numPassedTests} passed, ${report.numFailedTests + failedSuites.length} failed${tail}\n`,
);
