// The run that a model lies in: its rows again, the same bytes of data split by the same configuration.

import { dirname, join } from "node:path";
import { saveClassifier } from "../artifact.ts";
import { withoutCalibration } from "../calibrate.ts";
import { PulloneError } from "../errors.ts";
import { hex, sha256 } from "../hash.ts";
import { type Prepared, prepare } from "../prepare.ts";
import { type ReadFile, readData } from "./data.ts";
import { readWhole } from "./files.ts";
import type { Io } from "./io.ts";
import type { LoadedModel } from "./model.ts";
import { type DataFiles, planFromFile } from "./plan.ts";
import { CONFIG_FILE, METRICS_FILE, readRecord } from "./runfolder.ts";
import { nodeSha256 } from "./sha256.ts";

export interface RecalledRun {
  readonly configPath: string;
  readonly files: DataFiles;
  /** The CSV files as they were read, whose rows follow one another in the row numbers of `dataset`. */
  readonly read: readonly ReadFile[];
  readonly dataset: Prepared;
}

/** Whether the configuration and the record of a run lie beside the model, where they may be looked at. */
export async function hasRun(io: Io, { path }: LoadedModel): Promise<boolean> {
  const statuses = [CONFIG_FILE, METRICS_FILE].map((name) =>
    io.files.status(join(dirname(path), name)).catch(() => undefined),
  );
  return (await Promise.all(statuses)).every((status) => status !== undefined);
}

/**
 * The rows of the run that the model lies in, split as they were. A calibrated model belongs to the run of the model
 * that was calibrated.
 *
 * @param hint what to do where there is no such run, or its data are not there
 * @throws {PulloneError} usage_invalid, model_invalid, input_unreadable, data_invalid
 */
export async function recallRun(
  io: Io,
  model: LoadedModel,
  hint = "name the rows: pullone evaluate <model> <data.csv>",
): Promise<RecalledRun> {
  const folder = dirname(model.path);
  const configPath = join(folder, CONFIG_FILE);
  if (!(await hasRun(io, model))) {
    throw new PulloneError(
      "usage_invalid",
      `${model.path}: expected the data, or a model beside the ${CONFIG_FILE} and ${METRICS_FILE} of its run`,
      hint,
    );
  }
  const record = await recordOf(io, model);
  if (record.model.sha256 !== trainedSha256(model)) {
    throw new PulloneError(
      "model_invalid",
      `${model.path}: expected the model that ${METRICS_FILE} speaks of, got another one`,
      hint,
    );
  }
  const { config, files } = await planFromFile(io, configPath, []);
  const data = await readData(io, config, files).catch((error) => {
    const isGone = error instanceof PulloneError && error.code === "input_unreadable";
    throw isGone ? new PulloneError(error.code, error.message, hint) : error;
  });
  for (const [i, { path, sha256 }] of data.files.entries()) {
    if (record.data[i]?.sha256 === sha256) continue;
    throw new PulloneError(
      "data_invalid",
      `${path}: expected the file that the run was trained on, but it has changed since`,
      "which rows it had not seen can no longer be told: name other rows to judge it on",
    );
  }
  return {
    configPath,
    files,
    read: data.files,
    dataset: prepare(config, data.table, data.lengths, { consume: true, sha256: nodeSha256() }),
  };
}

/**
 * The rows of the file with these bytes that trained the model or chose its epoch; or what a person should know when
 * that cannot be told.
 */
export async function trainingRows(
  io: Io,
  model: LoadedModel,
  fileSha256: string,
): Promise<number[] | string> {
  const unknown = `${model.path}: which rows it was trained on cannot be told`;
  if (!(await hasRun(io, model))) return `${unknown}: the record of its run does not lie beside it`;
  let run: RecalledRun;
  try {
    const { data } = await recordOf(io, model);
    // Of a file that is none of the run's, no row is known: the run need not be read again to say so.
    if (!data.some((file) => file.sha256 === fileSha256)) return [];
    run = await recallRun(io, model);
  } catch (error) {
    if (error instanceof PulloneError) return `${unknown}: ${error.message}`;
    throw error;
  }
  const rows: number[] = [];
  let before = 0;
  for (const file of run.read) {
    if (file.sha256 === fileSha256) {
      for (const part of [run.dataset.split.train, run.dataset.split.validation]) {
        for (const row of part) if (row >= before && row < before + file.rows) rows.push(row - before);
      }
    }
    before += file.rows;
  }
  return rows;
}

/**
 * What is to be said when the model knows rows of a file already; of a model without its run nobody can tell.
 *
 * @param name        of the file
 * @param fileSha256  of its bytes
 * @param total       its rows
 * @param consequence what known rows do to what is printed of them
 */
export async function trainedRemarks(
  io: Io,
  model: LoadedModel,
  name: string,
  fileSha256: string,
  total: number,
  consequence: string,
): Promise<string[]> {
  if (!(await hasRun(io, model))) return [];
  const known = await trainingRows(io, model, fileSha256);
  if (typeof known === "string") return [known];
  if (known.length === 0) return [];
  return [`${name}: ${known.length} of ${total} rows trained the model or chose its epoch: ${consequence}`];
}

async function recordOf(io: Io, { path }: LoadedModel) {
  const recordPath = join(dirname(path), METRICS_FILE);
  return readRecord(await readWhole(io.files, recordPath, 1 << 30), recordPath);
}

/** The SHA-256 of the model as it was trained: of its own bytes, or of those without the calibration. */
function trainedSha256({ classifier, sha256: own }: LoadedModel): string {
  return classifier.calibration === undefined
    ? own
    : hex(sha256(saveClassifier(withoutCalibration(classifier))));
}
