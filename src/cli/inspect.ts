// pullone inspect: the columns of a CSV file, or all that a model holds.

import { type RunConfig, resolveRunConfig } from "../config.ts";
import { type ColumnProfile, surveyColumns } from "../data/columns.ts";
import { fitLabels, labelCodes, labelledRows } from "../data/labels.ts";
import { columnRemarks, labelRemarks } from "../data/remarks.ts";
import type { Table } from "../data/table.ts";
import { tableOptions } from "../prepare.ts";
import { assertFile } from "./arguments.ts";
import { readStream } from "./files.ts";
import { inspectModel } from "./inspectmodel.ts";
import { type Io, interruptible } from "./io.ts";
import { jsonDocument } from "./json.ts";
import { refuseFolder } from "./model.ts";
import { type ClassCount, classTable, kindCounts, profileTable } from "./profile.ts";
import { paintFor } from "./reporter.ts";
import { warnOverridden } from "./settings.ts";
import { counted, shown } from "./text.ts";

export interface InspectOptions {
  readonly input: string;
  readonly label?: string;
  readonly set?: readonly string[];
  readonly expectSha256?: string;
  readonly json?: boolean;
}

/** @throws {PulloneError} of every kind */
export async function inspect(io: Io, options: InspectOptions): Promise<void> {
  const { input, json } = options;
  assertFile("the input", input, "it is read more than once");
  await refuseFolder(io, input);
  const { expectSha256 } = options;
  if (expectSha256 !== undefined || (await isModel(io, input))) {
    return inspectModel(io, input, json === true, expectSha256);
  }
  const seen = await inspectTable(io, input, options.label, options.set ?? []);
  if (json) {
    await io.out.write(jsonDocument(seen));
    return;
  }
  const paint = paintFor(io.out, io.env);
  const lines = [
    paint(
      "bold",
      `${shown(input, 200)}: ${counted(seen.rows, "row")}, ${counted(seen.columns.length, "column")}${seen.label === undefined ? "" : " beside the label"}`,
    ),
    `  ${kindCounts(seen.columns)}`,
    "",
    ...profileTable(seen.columns, Number.POSITIVE_INFINITY).map((line) => `  ${line}`),
  ];
  if (seen.classes) {
    lines.push(
      "",
      paint("bold", `Label "${shown(seen.label!)}": ${counted(seen.classes.length, "class", "classes")}`),
    );
    lines.push(...classTable(seen.classes, Number.POSITIVE_INFINITY).map((line) => `  ${line}`));
  }
  if (seen.remarks.length > 0) {
    lines.push("", paint("bold", "Remarks"), ...seen.remarks.map((remark) => `  ${shown(remark, 400)}`));
  }
  await io.out.write(`${lines.join("\n")}\n`);
}

/** By its name, or by its first bytes: a length below 2^48, which has two zeros in it, and the brace of its header. */
async function isModel(io: Io, path: string): Promise<boolean> {
  if (/\.safetensors$/i.test(path)) return true;
  for await (const start of readStream(io.files, path))
    return start[6] === 0 && start[7] === 0 && start[8] === 0x7b;
  return false;
}

interface Inspected {
  readonly file: string;
  readonly rows: number;
  readonly label?: string;
  readonly classes?: readonly ClassCount[];
  readonly columns: readonly ColumnProfile[];
  readonly remarks: readonly string[];
}

/** No column: a configuration must name its label, a look at a file need not. */
const NO_LABEL = "(no label)";

async function inspectTable(
  io: Io,
  path: string,
  named: string | undefined,
  settings: readonly string[],
): Promise<Inspected> {
  const document = { data: { label: named ?? NO_LABEL } };
  const { table, remarks, config } = await readForProfile(io, path, document, settings);
  const { data } = config;
  const label = data.label === NO_LABEL ? undefined : data.label;
  const all = Int32Array.from({ length: table.lines.length }, (_, row) => row);
  if (label === undefined) {
    const columns = surveyColumns(table, all, data);
    return { file: path, rows: all.length, columns, remarks: [...remarks, ...columnRemarks(columns)] };
  }
  const columns = surveyColumns(table, all, data, label);
  const { rows, dropped } = labelledRows(table, { column: label, missingValues: data.missingValues }, "drop");
  const labels = fitLabels(table, rows, { column: label, missingValues: data.missingValues });
  const counts = labels.classes.map(() => 0);
  for (const code of labelCodes(labels, table, rows)) counts[code]!++;
  const none = counts.map(() => 0);
  return {
    file: path,
    rows: all.length,
    label,
    classes: labels.classes.map((name, k) => ({ name, rows: counts[k]! })),
    columns,
    remarks: [
      ...remarks,
      ...(dropped > 0 ? [`${counted(dropped, "row")} without a label`] : []),
      ...labelRemarks(labels.classes, { train: counts, validation: none, test: none }),
      ...columnRemarks(columns),
    ],
  };
}

/** A table read as training would read it: by the defaults, over them `document`, over it the settings. */
export async function readForProfile(
  io: Io,
  path: string,
  document: object,
  settings: readonly string[],
): Promise<{ readonly table: Table; readonly remarks: readonly string[]; readonly config: RunConfig }> {
  await warnOverridden(io, settings);
  const config = resolveRunConfig(document, settings, "command line");
  const { readTable } = await import("../data/reader.ts");
  const bytes = interruptible(io, readStream(io.files, path));
  const { table, remarks } = await readTable(bytes, path, tableOptions(config));
  return { table, remarks, config };
}
