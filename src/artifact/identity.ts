// What a file of ours says first: that it is ours, of which version, and whether it is a model or a checkpoint.

import { PulloneError, quote } from "../errors.ts";
import { foreignKind } from "./foreign.ts";

export type Kind = "model" | "checkpoint";

const METADATA_KEYS = ["format", "format_version", "kind", "spec"];
/** What to do with the other kind of file. */
const HINTS: Readonly<Record<Kind, string>> = {
  model: "a checkpoint is no model yet: pullone train … --resume finishes it",
  checkpoint: "a model is finished and cannot be trained further",
};

/** The metadata of a file. */
export function identity(kind: Kind, version: number, spec: string): ReadonlyMap<string, string> {
  const values = ["pullone", String(version), kind, spec];
  return new Map(METADATA_KEYS.map((key, i) => [key, values[i]!]));
}

/** Refuses what is no container at all, and says what it looks like. @throws {PulloneError} model_invalid */
export function refuseForeign(bytes: Uint8Array, kind: Kind, source: string): void {
  const foreign = foreignKind(bytes);
  if (foreign === undefined) return;
  throw invalid(source, `a pullone ${kind}`, `${foreign}: another file, or a damaged one`);
}

/**
 * The text of the spec, once the file has said that it is of the kind wanted, and of a version that can be read.
 *
 * @throws {PulloneError} model_invalid
 */
export function readIdentity(
  metadata: ReadonlyMap<string, string>,
  wanted: Kind,
  newest: number,
  source: string,
): string {
  const [format, version, kind, spec] = METADATA_KEYS.map((key) => metadata.get(key));
  if (format !== "pullone") {
    throw invalid(source, `a pullone ${wanted}`, `a safetensors file of format ${quote(format)}`);
  }
  if (version === undefined || !/^[1-9][0-9]{0,5}$/.test(version)) {
    throw invalid(source, "a format version from 1 up", quote(version));
  }
  if (Number(version) > newest) {
    const newer = `format version ${version}; this program reads up to ${newest}`;
    throw new PulloneError("model_invalid", `${source}: ${newer}`, "install a newer pullone");
  }
  if (kind !== wanted) {
    const hint = kind === "model" || kind === "checkpoint" ? HINTS[wanted] : undefined;
    throw invalid(source, `a pullone ${wanted}`, `a pullone file of kind ${quote(kind)}`, hint);
  }
  const keys = [...metadata.keys()];
  if (keys.join() !== METADATA_KEYS.join()) {
    throw invalid(`${source}: metadata`, METADATA_KEYS.join(", "), quote(keys.join(", ")));
  }
  return spec!;
}

function invalid(where: string, expected: string, got: string, hint?: string): PulloneError {
  return new PulloneError("model_invalid", `${where}: expected ${expected}, got ${got}`, hint);
}
