// From the words of the command line to a complete run: its configuration, its data, and where each stands.

import { dirname, join, parse, relative, resolve, sep } from "node:path";
import { parseSetting, type Setting } from "../config/settings.ts";
import { LONGEST_PATH } from "../config/words.ts";
import { decodeConfig, type RunConfig, resolveRunConfig } from "../config.ts";
import { PulloneError, quote } from "../errors.ts";
import { assertFile } from "./arguments.ts";
import { readWhole } from "./files.ts";
import type { Io } from "./io.ts";
import { warnOverridden } from "./settings.ts";

export interface RunWords {
  readonly input: string;
  readonly label?: string;
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly name?: string;
}

/** A run before it begins. */
export interface Plan {
  readonly config: RunConfig;
  /** The configuration file; undefined when the run was made from the command line alone. */
  readonly source: string | undefined;
  /** Paths of the CSV files as this process can open them; those of the split only when it is one of files. */
  readonly files: DataFiles;
}

export interface DataFiles {
  readonly data: string;
  readonly validation: string | undefined;
  readonly test: string | undefined;
}

/** One MiB; the parser says so too, but only after reading. */
export const LARGEST_CONFIG = 1 << 20;

/**
 * The run that the words describe: defaults, over them the file, over it the settings.
 *
 * @throws {PulloneError} usage_invalid, input_unreadable, config_invalid
 */
export async function planRun(io: Io, words: RunWords): Promise<Plan> {
  const { input, label } = words;
  assertFile("the input", input, "a run can be repeated, standard input cannot");
  const settings: Setting[] = (words.set ?? []).map(parseSetting);
  for (const key of ["seed", "name"] as const) {
    const given = words[key];
    if (given !== undefined) settings.push({ path: [key], text: String(given), option: `--${key}` });
  }
  await warnOverridden(io, settings);
  if (isConfigName(input)) {
    if (label !== undefined) {
      throw new PulloneError(
        "usage_invalid",
        `--label: expected it with a CSV file, got it with the configuration ${quote(input)}`,
        `write --set data.label=${label}`,
      );
    }
    return planFromFile(io, input, settings);
  }
  refuseOtherFormats(input);
  if (input.length > LONGEST_PATH) {
    throw new PulloneError("input_unreadable", `${input}: expected a file, but the name is too long`);
  }
  if (label === undefined) {
    throw new PulloneError(
      "usage_invalid",
      `${input}: expected a configuration (.jsonc or .json), or a CSV file together with --label`,
      "name the column to predict: --label <column>; pullone inspect shows the columns",
    );
  }
  const config = resolveRunConfig(
    { name: runName(input), data: { file: input, label } },
    settings,
    "command line",
  );
  return { config, source: undefined, files: dataFiles(config, "") };
}

/** The run of a configuration file; paths in it are relative to it. */
export async function planFromFile(io: Io, path: string, settings: readonly Setting[]): Promise<Plan> {
  const content = decodeConfig(await readWhole(io.files, path, LARGEST_CONFIG, "config_invalid"), path);
  const config = resolveRunConfig(content, settings, path);
  if (config.data.file === undefined) {
    throw new PulloneError(
      "config_invalid",
      `${path} data.file: expected the path of a CSV file, got nothing`,
    );
  }
  return { config, source: path, files: dataFiles(config, dirname(path)) };
}

/** The data files of a configuration in `folder`, as this process can open them. */
export function dataFiles({ data, split }: RunConfig, folder: string): DataFiles {
  const at = (path: string) => (parse(path).root === "" ? join(folder, path) : path);
  const named = (path: string | undefined) => (path === undefined ? undefined : at(path));
  return {
    data: at(data.file!),
    validation: split.kind === "files" ? named(split.validation) : undefined,
    test: split.kind === "files" ? named(split.test) : undefined,
  };
}

/** All files that the run reads. */
export function inputsOf({ files, source }: Pick<Plan, "files" | "source">): string[] {
  return [files.data, files.validation, files.test, source].filter((path) => path !== undefined);
}

/** A path as it reads from a folder: forward slashes are understood everywhere, and the folder can move between systems. */
export function pathFrom(io: Io, folder: string, path: string): string {
  return relative(resolve(io.cwd, folder), resolve(io.cwd, path)).split(sep).join("/");
}

/** The same run told from another folder: what its configuration file there must say. */
export function configFor(io: Io, { config, files }: Plan, folder: string): RunConfig {
  const told = (path: string) => pathFrom(io, folder, path);
  const { split } = config;
  const data = { ...config.data, file: told(files.data) };
  if (split.kind !== "files") return { ...config, data };
  return {
    ...config,
    data,
    split: {
      kind: "files",
      ...(files.validation === undefined ? {} : { validation: told(files.validation) }),
      ...(files.test === undefined ? {} : { test: told(files.test) }),
    },
  };
}

/** The data files as a configuration names them, in the order in which they are read. */
export function filesOf({ data, split }: RunConfig): string[] {
  const parts = split.kind === "files" ? [split.validation, split.test] : [];
  return [data.file, ...parts].filter((path) => path !== undefined);
}

function isConfigName(path: string): boolean {
  return /\.jsonc?$/i.test(path);
}

function refuseOtherFormats(path: string): void {
  if (!/\.(ya?ml|toml|ini)$/i.test(path)) return;
  throw new PulloneError(
    "config_invalid",
    `${path}: expected a configuration as JSON with comments (.jsonc), got ${quote(parse(path).ext)}`,
    "pullone init <data.csv> --label <column> writes one",
  );
}

/** The name of a file as the name of a run: what a folder cannot be called becomes a dash. */
export function runName(path: string): string {
  const name = parse(path)
    .name.replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return name === "" ? "run" : name;
}
