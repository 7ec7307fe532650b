// pullone init: a commented configuration to edit, with the columns of a CSV file as they were inferred.

import { basename, dirname, join, parse, relative, resolve, sep } from "node:path";
import { writeCommentedConfig } from "../config.ts";
import { surveyColumns } from "../data/columns.ts";
import { fitLabels, labelledRows } from "../data/labels.ts";
import { columnRemarks } from "../data/remarks.ts";
import { PulloneError } from "../errors.ts";
import { assertFile } from "./arguments.ts";
import { readForProfile } from "./inspect.ts";
import { breathe, type Io, ownName } from "./io.ts";
import { removeLeftovers } from "./leftovers.ts";
import { assertOutputIsNoInput, assertReplaceable } from "./outputs.ts";
import { runName } from "./plan.ts";
import { kindCounts } from "./profile.ts";
import { paintFor, warnAll } from "./reporter.ts";
import { counted, quotePath, shown } from "./text.ts";
import { writeWhole } from "./writing.ts";

export interface InitOptions {
  readonly data: string;
  readonly label: string;
  readonly set?: readonly string[];
  readonly output?: string;
  readonly force?: boolean;
}

/** @throws {PulloneError} of every kind; nothing is written then */
export async function init(io: Io, options: InitOptions): Promise<void> {
  const { data } = options;
  assertFile("the data", data, "a configuration names a file");
  const output = options.output ?? join(dirname(data), `${parse(data).name}.jsonc`);
  assertFile("--output", output, "a configuration names files from where it stands");
  await assertOutputIsNoInput(io.files, output, [data]);
  if ((await assertReplaceable(io.files, output)) && !options.force) {
    throw new PulloneError(
      "output_uncreatable",
      `${output}: expected no file of that name, got one`,
      "use --force to replace it, or another --output",
    );
  }
  await removeLeftovers(io, dirname(output));
  const file = relative(resolve(io.cwd, dirname(output)), resolve(io.cwd, data))
    .split(sep)
    .join("/");
  const document = { name: runName(data), data: { file, label: options.label } };
  const { table, remarks, config } = await readForProfile(io, data, document, options.set ?? []);
  const { label, missingValues } = config.data;
  const labelOptions = { column: label, missingValues };
  const { rows } = labelledRows(table, labelOptions, "drop");
  const { classes } = fitLabels(table, rows, labelOptions);
  const profiles = surveyColumns(table, rows, config.data, label);
  const text = writeCommentedConfig(config, profiles, classes);
  await breathe(io);
  await writeWhole(io.files, output, new TextEncoder().encode(text));
  await warnAll(io, [...remarks, ...columnRemarks(profiles)]);
  const paint = paintFor(io.out, io.env);
  const lines = [
    `${paint("bold", shown(basename(output), 200))}: ${counted(profiles.length, "column")} (${kindCounts(profiles)}), ${counted(classes.length, "class", "classes")}`,
    `next: ${ownName(io)} train ${quotePath(output)}`,
  ];
  await io.out.write(`${lines.join("\n")}\n`);
}
