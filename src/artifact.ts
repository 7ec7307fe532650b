// Classifier <-> bytes. The words are in spec.ts, the numbers in tensors.ts, the container in safetensors.ts.

import { identity, readIdentity, refuseForeign } from "./artifact/identity.ts";
import { packContainer, unpackContainer } from "./artifact/safetensors.ts";
import { ARITHMETIC_VERSION, checkSpec, parseSpec, type Spec } from "./artifact/spec.ts";
import { encoderFrom, impliedTensors, networkOf, readTensors, tensorsOf } from "./artifact/tensors.ts";
import type { Classifier, GoldenRows } from "./classifier.ts";
import { PulloneError } from "./errors.ts";
import { predictRows } from "./model/forward.ts";
import { referenceKernels } from "./model/kernels/reference.ts";
import type { Network } from "./model/network.ts";

/** The version that is written, and the newest that is read. */
export const FORMAT_VERSION = 1;
/** The source, in a message, of a classifier that no file holds yet. */
const SAVED = "the classifier to save";

/**
 * The bytes of a model file: a function of the classifier alone, without time, host, user, folder or program version.
 * Whatever is returned can be loaded: it has been.
 *
 * @throws {PulloneError} model_invalid if the classifier does not hold together, for example if a weight is not finite
 */
export function saveClassifier(classifier: Classifier): Uint8Array {
  const spec = specOf(classifier, `${SAVED}: spec`);
  const metadata = identity("model", FORMAT_VERSION, JSON.stringify(spec));
  const bytes = packContainer(metadata, tensorsOf(classifier, spec));
  loadClassifier(bytes, SAVED);
  return bytes;
}

/**
 * The classifier in a model file, on the reference kernels. Nothing is built before everything has been checked, and
 * at last the golden rows are predicted again: every bit must be as it was when the model was trained.
 *
 * @param source begins every message, for example the name of the file
 * @throws {PulloneError} model_invalid
 */
export function loadClassifier(bytes: Uint8Array, source = "model"): Classifier {
  refuseForeign(bytes, "model", source);
  const { metadata, tensors: stored } = unpackContainer(bytes, source);
  const spec = parseSpec(readIdentity(metadata, "model", FORMAT_VERSION, source), `${source}: spec`);
  const tensors = readTensors(impliedTensors(spec), stored, source);
  const classifier: Classifier = {
    config: spec.config,
    labels: spec.labels,
    encoder: encoderFrom(spec, tensors, source),
    network: networkOf(spec, tensors),
    ...(spec.calibration && { calibration: spec.calibration }),
    golden: {
      rows: spec.golden.rows,
      inputs: tensors.get("golden.inputs")!,
      logits: tensors.get("golden.logits")!,
    },
    record: spec.record,
  };
  assertSameLogits(classifier.network, classifier.golden, source);
  return classifier;
}

function specOf(classifier: Classifier, where: string): Spec {
  const { config, labels, encoder, network, calibration, golden, record } = classifier;
  const features = encoder.features.map((feature) => {
    if (feature.kind === "categorical") return feature;
    const { fill: _fill, center: _center, scale: _scale, knots, ...texts } = feature;
    return { ...texts, knots: knots.length };
  });
  return checkSpec(
    {
      arithmetic_version: ARITHMETIC_VERSION,
      precision: network.precision,
      network: network.shape,
      encoder: { missingValues: encoder.missingValues, features },
      labels,
      golden: { rows: golden.rows },
      ...(calibration && { calibration }),
      record,
      config,
    },
    where,
  );
}

/** Computes the golden rows again: another machine, or another program, must give every bit. */
function assertSameLogits(network: Network, golden: GoldenRows, source: string): void {
  const features = { rows: golden.rows, columns: network.shape.inputs, values: golden.inputs };
  const logits = predictRows(referenceKernels(network.precision), network, features).logits;
  const differs = golden.logits.findIndex((logit, i) => !Object.is(logit, logits[i]));
  if (differs < 0) return;
  const where = `${source}: golden.logits[${differs}]`;
  const why = "the file was changed, or this machine computes differently";
  throw invalid(where, `${golden.logits[differs]}, as when it was trained`, `${logits[differs]}: ${why}`);
}

function invalid(where: string, expected: string, got: string): PulloneError {
  return new PulloneError("model_invalid", `${where}: expected ${expected}, got ${got}`);
}
