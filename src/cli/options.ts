// The options of commands: given once or repeated, and those that several commands share.

import type { Command, Option } from "commander";
import { PulloneError, quote } from "../errors.ts";
import { sha256Digits, share } from "./arguments.ts";

/** What describes options; it is made of a command, so that commander is loaded in one place. */
export interface Words {
  readonly single: (flags: string, description: string, parse?: (text: string) => unknown) => Option;
  readonly repeated: (flags: string, description: string) => Option;
  readonly setting: () => Option;
  readonly threshold: () => Option;
  readonly costs: () => Option;
  readonly expectSha256: () => Option;
}

export function wordsOf(program: Command): Words {
  const single: Words["single"] = (flags, description, parse = (text) => text) => {
    const option = program.createOption(flags, description);
    return option.argParser((text, previous: unknown) => {
      if (previous === undefined) return parse(text);
      // It would silently win.
      throw new PulloneError(
        "usage_invalid",
        `${option.long}: expected it once, got a second one, ${quote(text)}`,
      );
    });
  };
  const repeated: Words["repeated"] = (flags, description) =>
    program
      .createOption(flags, `${description}; may be repeated`)
      .argParser((text, previous: string[] = []) => [...previous, text]);
  return {
    single,
    repeated,
    setting: () =>
      repeated("--set <key=value>", "set one field of the configuration, such as train.epochs=50"),
    threshold: () =>
      single(
        "--threshold <p>",
        "of two classes, answer the second from this probability on",
        share("--threshold"),
      ),
    costs: () => single("--costs <json>", "answer the class of least expected cost: JSON, or a file of it"),
    expectSha256: () =>
      single(
        "--expect-sha256 <hex>",
        "refuse any other model file than that of this SHA-256",
        sha256Digits("--expect-sha256"),
      ),
  };
}

/** Examples come first in a help: most readers need nothing else. */
export function examples(command: Command, lines: readonly (readonly [string, string])[]): void {
  const width = Math.max(...lines.map(([line]) => line.length));
  const text = lines.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`).join("\n");
  command.addHelpText("before", `Examples:\n${text}\n`);
}
