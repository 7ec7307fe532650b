// Which number the program ends with. 1 is never chosen: it means that an error escaped.

import type { ErrorCode } from "../errors.ts";

const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  usage_invalid: 64,
  data_invalid: 65,
  input_unreadable: 66,
  internal: 70,
  output_uncreatable: 73,
  io_failed: 74,
  busy: 75,
  model_invalid: 76,
  config_invalid: 78,
  quality_missed: 79,
  training_diverged: 80,
};

/** The signals that end a run in good order, and their numbers. Source: POSIX.1-2017, signal.h. */
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

export type EndingSignal = keyof typeof SIGNAL_NUMBERS;

export const endingSignals = Object.keys(SIGNAL_NUMBERS) as readonly EndingSignal[];

/** The exit code of an error. Source: sysexits.h (BSD) for 64 to 78; 79 and 80 are our own. */
export function exitCodeOf(code: ErrorCode): number {
  return EXIT_CODES[code];
}

/** The exit code after a signal: 128 and its number, as a shell reports it. */
export function exitCodeAfter(signal: EndingSignal): number {
  return 128 + SIGNAL_NUMBERS[signal];
}
