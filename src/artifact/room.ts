// Whether what was learnt of the columns fits into a model file: asked before hours of training, not after them.

import type { RunConfig } from "../config.ts";
import type { Encoder } from "../data/encoder.ts";
import type { LabelSet } from "../data/labels.ts";
import { PulloneError } from "../errors.ts";
import { CONTAINER_LIMITS } from "./safetensors.ts";

/** For the names of tensors, the figures of the record and the words between: some 20 KiB at most. */
const BESIDE = 65_536;

/**
 * Refuses columns, categories and classes whose names are longer, all together, than the header of a model file may be.
 * The numbers always fit: the largest network is half of what a file may hold.
 *
 * @throws {PulloneError} data_invalid
 */
export function assertRoom(config: RunConfig, encoder: Encoder, labels: LabelSet, source: string): void {
  const most = CONTAINER_LIMITS.headerBytes - BESIDE;
  const texts = encoder.features.map((feature) =>
    feature.kind === "numeric" ? { ...feature, knots: [] } : feature,
  );
  // A JSON text in a JSON text, as the header holds it.
  const written = JSON.stringify(JSON.stringify({ config, labels, texts }));
  const bytes = new TextEncoder().encode(written).length;
  if (bytes <= most) return;
  throw new PulloneError(
    "data_invalid",
    `${source}: expected names of columns, categories and classes that fit into a model file, at most ${most} bytes, got ${bytes}`,
    'set data.columns.<name>.kind to "ignored" for columns of long texts',
  );
}
