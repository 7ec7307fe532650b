// What the command line does not know, in our words; an option that is a key of the configuration is told as a setting:
// `--epochs 5` means `--set train.epochs=5`.

import type { CommanderError } from "commander";
import { type ConfigKey, describeConfig } from "../config.ts";
import { PulloneError, quote } from "../errors.ts";
import { quoteWord } from "./text.ts";

/** Commands whose `--set` speaks of the configuration of a run. */
const TAKE_SETTINGS = ["train", "inspect", "init"];

/** What commander refuses, of one of the `commands` or of none; its `(Did you mean …?)`, or the setting that was meant, becomes the hint. */
export function refusalOf(
  error: CommanderError,
  argv: readonly string[],
  commands: readonly string[],
): PulloneError {
  const [message = "", suggestion] = error.message.replace(/^error: /, "").split("\n(Did you mean ");
  const plain = message.replaceAll("'", '"').replace(". Expected", ": expected").replace(/\.$/, "");
  const names = suggestion?.replace(/^one of |\?\)$/g, "").split(", ");
  const near = names && `did you mean ${names.map(quote).join(" or ")}?`;
  const command = commands.includes(argv[0] ?? "") ? `${argv[0]} ` : "";
  const hint = misplacedSetting(error, argv) ?? near ?? `pullone ${command}--help shows what there is`;
  return new PulloneError("usage_invalid", plain, hint);
}

function misplacedSetting({ code, message }: CommanderError, argv: readonly string[]): string | undefined {
  if (code !== "commander.unknownOption" || !TAKE_SETTINGS.includes(argv[0] ?? "")) return undefined;
  const at = argv.findIndex((word) => message.includes(`'${word}'`));
  const setting = at < 0 ? undefined : settingFor(argv[at]!, argv[at + 1]);
  return setting && `write ${setting}`;
}

/** What other programs call a key of ours. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  lr: "learningrate",
  batch: "batchsize",
  layers: "hidden",
  hiddenlayers: "hidden",
};

/**
 * The setting that the unknown option stands for, as it is typed; undefined when no one key has that name.
 *
 * @param option as it was written, with or without `=value`
 * @param next   the argument after it
 */
function settingFor(option: string, next: string | undefined): string | undefined {
  const [, name = "", attached] = /^--?([^=]*)(?:=(.*))?$/s.exec(option) ?? [];
  const wanted = plain(name);
  const keys = describeConfig().filter(({ path, isSection }) => !isSection && !path.includes("*"));
  const meant = keys.filter(({ path }) => {
    const last = path.slice(path.lastIndexOf(".") + 1);
    return [plain(path), plain(last)].includes(OTHER_NAMES[wanted] ?? wanted);
  });
  const paths = new Set(meant.map(({ path }) => path));
  if (paths.size !== 1) return undefined;
  const value = attached ?? (next?.startsWith("-") ? undefined : next);
  return `--set ${quoteSetting(`${meant[0]!.path}=`, value === undefined ? undefined : valueFor(meant[0]!, value))}`;
}

function plain(name: string): string {
  return name.replace(/[-_]/g, "").toLowerCase();
}

/** A list is written as one: `--hidden 64,32` means `[64,32]`. */
function valueFor({ expected }: ConfigKey, value: string): string {
  return expected.startsWith("a list") && /^\d+(?:,\d+)*$/.test(value) ? `[${value}]` : value;
}

function quoteSetting(start: string, value: string | undefined): string {
  return value === undefined ? `${start}<value>` : quoteWord(start + value);
}
