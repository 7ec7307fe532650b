// pullone check: what can be proved of a run, a line for each, and exit code 79 when something fails.

import { type Check, checkRun } from "../check.ts";
import { readData } from "./data.ts";
import { exitCodeOf } from "./exit.ts";
import type { Io } from "./io.ts";
import { jsonDocument } from "./json.ts";
import { planRun, type RunWords } from "./plan.ts";
import { type Colour, type Paint, paintFor, warnAll } from "./reporter.ts";
import { counted, shown } from "./text.ts";

export interface CheckOptions extends RunWords {
  readonly json?: boolean;
}

/** @throws {PulloneError} of every kind but quality_missed, which is the exit code that is returned */
export async function check(io: Io, options: CheckOptions): Promise<number> {
  const { config, files } = await planRun(io, options);
  const data = await readData(io, config, files);
  const checks = checkRun(config, data.table, data.lengths);
  const failed = checks.filter(({ status }) => status === "failed");
  if (options.json) {
    await io.out.write(jsonDocument({ input: options.input, failed: failed.length, checks }));
  } else {
    await warnAll(io, data.remarks);
    await io.out.write(`${checkLines(options.input, checks, paintFor(io.out, io.env)).join("\n")}\n`);
  }
  return failed.length > 0 ? exitCodeOf("quality_missed") : 0;
}

const COLOURS: Readonly<Record<Check["status"], Colour>> = { ok: "green", note: "yellow", failed: "red" };

function checkLines(input: string, checks: readonly Check[], paint: Paint): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const count = (status: Check["status"]) => checks.filter((check) => check.status === status).length;
  const [notes, failures] = [count("note"), count("failed")];
  const verdict = failures > 0 ? `${counted(failures, "check")} failed` : "no check failed";
  return [
    paint("bold", shown(input, 200)),
    ...checks.map(
      ({ name, status, found }) =>
        `  ${paint(COLOURS[status], status.padEnd(6))}  ${name.padEnd(width)}  ${shown(found, 400)}`,
    ),
    `${verdict}${notes > 0 ? `; ${counted(notes, "note")}` : ""}`,
  ];
}
