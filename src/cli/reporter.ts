// What a person reads besides results: errors, hints, warnings, and whether there is colour.

import { styleText } from "node:util";
import { PulloneError, printable } from "../errors.ts";
import { exitCodeAfter, exitCodeOf } from "./exit.ts";
import { codeOf, reasonOf } from "./files.ts";
import { endingSignalOf, type Io, isClosedPipe, type Output } from "./io.ts";
import { jsonText } from "./json.ts";

const LONGEST_MESSAGE = 780;
const LONGEST_HINT = 200;

export type Colour = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
export type Paint = (colour: Colour, text: string) => string;

/** Colours text for a terminal that wants it; NO_COLOR (any text) and TERM=dumb say that it does not. */
export function paintFor(output: Output, env: Io["env"]): Paint {
  const wanted = output.isTerminal && !env.NO_COLOR && env.TERM !== "dumb";
  return wanted ? (colour, text) => styleText(colour, text, { validateStream: false }) : (_, text) => text;
}

/** Whether a line may be written over: on a terminal that takes escape sequences, and that nobody keeps as a log. */
export function canRedraw(output: Output, env: Io["env"]): boolean {
  return output.isTerminal && !env.NO_COLOR && env.TERM !== "dumb" && !env.CI;
}

/** Writes one warning to the error output; a warning that nobody can read stops nothing. */
export async function warn(io: Io, text: string): Promise<void> {
  const paint = paintFor(io.err, io.env);
  const line = `${paint("yellow", "warning:")} ${cut(printable(text), LONGEST_MESSAGE)}\n`;
  await io.err.write(line).catch(() => {});
}

const MOST_WARNINGS = 20;

/** The first of many warnings, and how many more there are. */
export async function warnAll(io: Io, texts: readonly string[]): Promise<void> {
  for (const text of texts.slice(0, MOST_WARNINGS)) await warn(io, text);
  const more = texts.length - MOST_WARNINGS;
  if (more > 0) await warn(io, `… and ${more} more`);
}

/**
 * Says what went wrong, once, and returns the exit code. A reader that closed its pipe and a signal are no errors.
 *
 * @param json true: one JSON document on the standard output; false: lines on the error output
 */
export async function reportFailure(io: Io, error: unknown, json: boolean): Promise<number> {
  if (isClosedPipe(error)) return 0;
  const signal = endingSignalOf(io, error);
  if (signal) {
    await io.err.write(`stopped by ${signal}; nothing was written\n`).catch(() => {});
    return exitCodeAfter(signal);
  }
  const known = knownFailure(error);
  const text = json ? asJson(known) : asLines(known, paintFor(io.err, io.env));
  await (json ? io.out : io.err).write(text).catch(() => {});
  if (io.env.DEBUG && error instanceof Error) await io.err.write(`${error.stack}\n`).catch(() => {});
  return exitCodeOf(known.code);
}

function asJson(error: PulloneError): string {
  const { message, hint } = shortened(error);
  return `${jsonText({ error: { code: error.code, message, ...(hint === undefined ? {} : { hint }) } })}\n`;
}

/** The error and its hint, a line each. */
export function asLines(error: PulloneError, paint: Paint): string {
  const { message, hint } = shortened(error);
  const first = `${paint("red", "error:")} ${message}\n`;
  return hint === undefined ? first : `${first}${paint("cyan", "hint:")}  ${hint}\n`;
}

function shortened({ message, hint }: PulloneError) {
  return {
    message: cut(printable(message), LONGEST_MESSAGE),
    hint: hint === undefined ? undefined : cut(printable(hint), LONGEST_HINT),
  };
}

/** Any error as one of ours. */
export function knownFailure(error: unknown): PulloneError {
  return error instanceof PulloneError ? error : unexpected(error);
}

/**
 * Whatever escaped our own checks is a bug of ours, but for an output that is lost, a disk that fails and an installation
 * that is broken.
 */
function unexpected(error: unknown): PulloneError {
  if (isFailedOutput(error)) {
    return new PulloneError(
      "io_failed",
      `standard output: expected to write it whole, but ${reasonOf(error)}`,
    );
  }
  if (codeOf(error) === "EMFILE") {
    return new PulloneError(
      "io_failed",
      `the program: expected to open its files, but ${reasonOf(error)}`,
      "raise the limit on open files: ulimit -n 256",
    );
  }
  if (isFailedCall(error)) {
    return new PulloneError(
      "io_failed",
      `${error.path}: expected "${error.syscall}" of the system to work there, but ${reasonOf(error)}`,
    );
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (error instanceof Error && (error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") {
    return new PulloneError(
      "internal",
      `the program: expected all of its files, but ${error.message}`,
      "the installation is damaged: install pullone again",
    );
  }
  return new PulloneError(
    "internal",
    `internal error: ${text}`,
    "this is a bug: please report it with the command and a small file; DEBUG=1 shows where it happened",
  );
}

/** A call of the system that failed on a path: the disk or what is on it, whoever made the call. */
function isFailedCall(error: unknown): error is NodeJS.ErrnoException {
  return codeOf(error) !== undefined && typeof (error as NodeJS.ErrnoException).path === "string";
}

function isFailedOutput(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall === "write";
}

/** Of a long text both ends: a path may be long, and the reason stands behind it. */
function cut(text: string, longest: number): string {
  const characters = Array.from(text);
  if (characters.length <= longest) return text;
  const end = Math.floor(longest / 3);
  return `${characters.slice(0, longest - 1 - end).join("")}…${characters.slice(-end).join("")}`;
}
