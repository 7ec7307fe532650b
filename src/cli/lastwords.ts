// What happens when an error escapes everything else: one line, exit code 70, and no half-written output under its name.

import { writeSync } from "node:fs";
import { exitCodeOf } from "./exit.ts";
import { isClosedPipe } from "./io.ts";
import { asLines, knownFailure } from "./reporter.ts";

/** What Node ends with when it waits for something that never comes. */
const NEVER_SETTLED = 13;

/** From here on nothing ends this process with a stack of calls, or with 1. */
export function guardProcess(): void {
  process.on("uncaughtException", (error) => {
    // At once: what is unfinished must not go on, and whatever has a name on the disk is whole.
    process.exit(isClosedPipe(error) ? 0 : say(error));
  });
  process.once("exit", () => {
    if (process.exitCode === NEVER_SETTLED)
      process.exitCode = say(new Error("the work has stopped before its end"));
  });
}

/** Says it as well as can be; the exit code. */
function say(error: unknown): number {
  const failure = knownFailure(error);
  const stack = process.env.DEBUG && error instanceof Error ? `${error.stack}\n` : "";
  try {
    writeSync(2, asLines(failure, (_, text) => text) + stack);
  } catch {
    // Nobody listens.
  }
  return exitCodeOf(failure.code);
}
