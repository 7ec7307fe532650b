// A training under way <-> bytes, in the container of the model file, and whether it is the training that was asked for.

import {
  type CheckpointSpec,
  checkCheckpointSpec,
  impliedByCheckpoint,
  parseCheckpointSpec,
} from "./artifact/checkpointspec.ts";
import { identity, readIdentity, refuseForeign } from "./artifact/identity.ts";
import { CONTAINER_LIMITS, packContainer, unpackContainer } from "./artifact/safetensors.ts";
import { ARITHMETIC_VERSION, withoutFolders } from "./artifact/spec.ts";
import { readTensors } from "./artifact/tensors.ts";
import { isJsonObject } from "./config/jsonc.ts";
import type { RunConfig } from "./config.ts";
import { PulloneError, quote } from "./errors.ts";
import { createSha256 } from "./hash.ts";
import { type FloatArray, precisionOf } from "./matrix.ts";
import type { Prepared } from "./prepare.ts";
import type { TrainState } from "./train/state.ts";

/** The version that is written, and the newest that is read. */
const CHECKPOINT_VERSION = 1;
/** Parameters, two moments and the best parameters of the largest model, and a history. */
export const LARGEST_CHECKPOINT = 5 * CONTAINER_LIMITS.fileBytes;
const SAVED = "the state to save";

/** What must be the same for a run to go on: its data, how they are split and encoded, and its configuration. */
export interface RunIdentity {
  /** SHA-256 (hex) of each data file; none when the rows came from no file. */
  readonly files: readonly string[];
  /** SHA-256 (hex) of the training and validation rows as they were read. */
  readonly rows: string;
  /** Of the numbers of the rows in each part. */
  readonly split: string;
  /** Of everything the encoder has learnt. */
  readonly encoder: string;
  /** Complete; of the paths of data files only the last part, of the threads nothing. */
  readonly config: RunConfig;
}

export interface Checkpoint {
  readonly run: RunIdentity;
  /** The version of the program that wrote it: for people, any other may go on. */
  readonly program: string;
  readonly state: TrainState;
}

/** What must not change while a run is interrupted. @param files SHA-256 of each data file, if there are files */
export function identityOf(config: RunConfig, data: Prepared, files: readonly string[] = []): RunIdentity {
  const { train, validation, test, encoder, labels, fingerprint } = data;
  return {
    files,
    rows: fingerprint,
    split: digest(rowNumbers([train.rows, validation.rows, test.rows])),
    encoder: digest([JSON.stringify([encoder, labels])]),
    config: withoutFolders(config),
  };
}

/** SHA-256 (hex) of the texts one behind the other. */
function digest(texts: Iterable<string>): string {
  const encoder = new TextEncoder();
  const hash = createSha256();
  for (const text of texts) hash.update(encoder.encode(text));
  return hash.hex();
}

/** Rows whose numbers are one text: that of a million would take 70 MB on the way. */
const ROWS_OF_A_TEXT = 4_096;

/** The row numbers of each part, with a comma between two of them and a semicolon between two parts. */
function* rowNumbers(parts: readonly Int32Array[]): Generator<string> {
  for (const [p, rows] of parts.entries()) {
    if (p > 0) yield ";";
    for (let start = 0; start < rows.length; start += ROWS_OF_A_TEXT) {
      if (start > 0) yield ",";
      yield rows.subarray(start, start + ROWS_OF_A_TEXT).join();
    }
  }
}

/**
 * The bytes of a checkpoint: all that a run needs to go on to the same bits. Nothing of a time, a host or a folder.
 *
 * @param digest SHA-256, where the machine has a faster one than ours
 * @throws {PulloneError} model_invalid if a number is not finite, as a moment of Adam can be
 */
export function saveCheckpoint(
  { run, program, state }: Checkpoint,
  digest?: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const { epochs, losses, parameters, moments, best, history } = state;
  const spec = checkCheckpointSpec(
    {
      arithmetic_version: ARITHMETIC_VERSION,
      program,
      precision: precisionOf(parameters),
      parameters: parameters.length,
      moments: moments.length,
      figures: history.width,
      epochs,
      steps: losses.length,
      best: best && { epoch: best.epoch, score: best.score },
      run,
    },
    `${SAVED}: spec`,
  );
  const values = new Map<string, FloatArray>([
    ["history", history.figures],
    ["losses", losses],
    ["parameters", parameters],
    ...moments.map((moment, i) => [`moment.${i + 1}`, moment] as const),
    ["best", best?.parameters ?? parameters],
  ]);
  const tensors = Array.from(impliedByCheckpoint(spec), ([name, { shape }]) => {
    return [name, { shape, values: finite(values.get(name)!, name) }] as const;
  });
  const metadata = identity("checkpoint", CHECKPOINT_VERSION, JSON.stringify(spec));
  return packContainer(metadata, new Map(tensors), digest);
}

/**
 * The checkpoint in a file, read as strictly as a model.
 *
 * @param source begins every message, for example the name of the file
 * @throws {PulloneError} model_invalid
 */
export function loadCheckpoint(bytes: Uint8Array, source = "checkpoint"): Checkpoint {
  refuseForeign(bytes, "checkpoint", source);
  const { metadata, tensors: stored } = unpackContainer(bytes, source, LARGEST_CHECKPOINT);
  const text = readIdentity(metadata, "checkpoint", CHECKPOINT_VERSION, source);
  const spec = parseCheckpointSpec(text, `${source}: spec`);
  const tensors = readTensors(impliedByCheckpoint(spec), stored, source);
  return { run: spec.run, program: spec.program, state: stateFrom(spec, tensors) };
}

function stateFrom(spec: CheckpointSpec, tensors: ReadonlyMap<string, FloatArray>): TrainState {
  const { epochs, figures, best } = spec;
  const doubles = (name: string) => Float64Array.from(tensors.get(name) ?? []);
  return {
    epochs,
    losses: doubles("losses"),
    parameters: tensors.get("parameters")!,
    moments: Array.from({ length: spec.moments }, (_, i) => tensors.get(`moment.${i + 1}`)!),
    best: best && { ...best, parameters: tensors.get("best")! },
    history: { epochs, width: figures, figures: doubles("history") },
  };
}

/** Whether the file is whole, whatever it holds: one that is not was damaged after it was written. */
export function isWhole(bytes: Uint8Array): boolean {
  try {
    unpackContainer(bytes, "", LARGEST_CHECKPOINT);
    return true;
  } catch {
    return false;
  }
}

/**
 * Refuses a checkpoint of another configuration and names the first key that differs.
 *
 * @throws {PulloneError} model_invalid
 */
export function assertSameConfig({ run }: Checkpoint, config: RunConfig, source: string): void {
  const found = firstDifference(withoutFolders(config), run.config);
  if (found) throw otherRun(source, found.path.join("."), found.a, found.b);
}

/**
 * Refuses a checkpoint of another run and names the first thing that differs.
 *
 * @throws {PulloneError} model_invalid
 */
export function assertSameRun(checkpoint: Checkpoint, wanted: RunIdentity, source = "checkpoint"): void {
  assertSameConfig(checkpoint, wanted.config, source);
  const { run } = checkpoint;
  const digests = ({ files, rows, split, encoder }: RunIdentity): (readonly [string, string])[] => [
    ...files.map((digest, i) => [`data file ${i + 1}`, digest] as const),
    ["the rows", rows],
    ["the split of the rows", split],
    ["the encoding", encoder],
  ];
  const found = new Map(digests(run));
  for (const [what, digest] of digests(wanted)) {
    if (found.get(what) === digest) continue;
    throw otherRun(source, `SHA-256 of ${what}`, digest.slice(0, 16), found.get(what)?.slice(0, 16));
  }
}

function otherRun(source: string, what: string, expected: unknown, got: unknown): PulloneError {
  return new PulloneError(
    "model_invalid",
    `${source}: ${what}: expected ${quote(expected)}, as in the run that is asked for, got ${quote(got)}`,
    "go on with the words and the data it was made with, or begin anew with --force",
  );
}

interface Difference {
  readonly path: readonly string[];
  readonly a: unknown;
  readonly b: unknown;
}

/** The first key, in the order of `a`, whose value differs; what only `b` has comes last. */
function firstDifference(a: unknown, b: unknown, path: readonly string[] = []): Difference | undefined {
  if (!isJsonObject(a) || !isJsonObject(b))
    return JSON.stringify(a) === JSON.stringify(b) ? undefined : { path, a, b };
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference(a[key], b[key], [...path, key]);
    if (found) return found;
  }
  return undefined;
}

function finite(values: FloatArray, name: string): FloatArray {
  // A loop: findIndex takes nine times as long.
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new PulloneError("model_invalid", `${SAVED}: ${name}: expected finite numbers, got ${values[i]}`);
  }
  return values;
}
