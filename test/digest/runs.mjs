// Five small training runs, and one of them in float64, that between them pass through everything that makes a bit:
// reading, encoding, both heads, every activation, every optimiser, schedule and option of the loss. Plain ECMAScript,
// for every engine that runs the library: Node of any version, a page.

/** Each name with the rows of its file that are read, and its configuration. */
export const runs = {
  "tumor, softmax head": {
    dataset: "breast-cancer-wisconsin-diagnostic",
    rows: 569,
    config: {
      data: { label: "diagnosis" },
      model: { hidden: [16] },
      train: { epochs: 4 },
    },
  },
  "tumor, sigmoid head": {
    dataset: "breast-cancer-wisconsin-diagnostic",
    rows: 569,
    config: {
      seed: 2,
      data: { label: "diagnosis", scaling: "robust", columns: { mean_area: { scaling: "quantile_normal" } } },
      split: { kind: "folds", folds: 5, fold: 2, validation: 0.1 },
      model: { head: "sigmoid", hidden: [13], activation: "gelu", headInit: "zeros" },
      train: {
        optimizer: "sgd",
        momentum: 0.8,
        nesterov: true,
        weightDecay: 0.01,
        decayBiases: true,
        headLearningRateFactor: 2,
        headL2Factor: 0.5,
        schedule: { kind: "step", every: 1, factor: 0.7, warmup: 1 },
        batchSize: 25,
        epochs: 4,
        classWeights: "balanced",
        validationWeights: "none",
        labelSmoothing: 0.1,
        earlyStopping: { metric: "balancedAccuracy", patience: 3 },
      },
    },
  },
  digits: {
    dataset: "digits",
    rows: 500,
    config: {
      seed: 3,
      data: { label: "digit", scaling: "min_max" },
      model: { hidden: [32, 17], activation: "relu" },
      train: {
        optimizer: "adam",
        learningRate: 0.01,
        clipNorm: 1,
        schedule: { kind: "constant" },
        epochs: 3,
        classWeights: { 0: 0.5, 1: 1, 2: 1, 3: 2, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1.5, 9: 1 },
        labelSmoothing: 0.05,
        earlyStopping: { metric: "loss" },
      },
    },
  },
  penguins: {
    dataset: "palmerpenguins",
    rows: 344,
    config: {
      seed: 4,
      data: { label: "species", imputation: "most_frequent", unseen: "bucket" },
      split: { validation: 0, test: 0.25 },
      model: { hidden: [12], activation: "tanh", init: "glorot_uniform" },
      train: {
        optimizer: "adamw",
        learningRate: 0.005,
        batchSize: 7,
        epochs: 4,
        earlyStopping: null,
      },
    },
  },
  "every activation": {
    dataset: "wine",
    rows: 178,
    config: {
      seed: 5,
      data: { label: "cultivar", scaling: "quantile_uniform" },
      model: {
        hidden: [9, 8, 11, 7, 10, 12, 5, 16, 8, 9],
        activation: [
          ...["identity", "relu", "leaky_relu", "tanh", "sigmoid"],
          ...["gelu", "gelu_tanh", "silu", "elu", "softplus"],
        ],
        alpha: 0.3,
      },
      train: { optimizer: "sgd", momentum: 0, l2: 0, batchSize: 16, learningRate: 0.05, epochs: 4 },
    },
  },
};
runs["every activation, float64"] = withTrain(runs["every activation"], { precision: "float64" });

/**
 * Trains every run and tells the SHA-256 of each model file.
 *
 * @param library what dist/index.js exports, and `createSha256` of dist/hash.js
 * @param only     the names of the runs, when not all of them
 * @param readText from the name of a dataset to the text of its file
 * @param threads how many share a step
 * @param host starts them
 */
export async function digestsOf({ library, createSha256, only, readText, threads = 1, host }) {
  const digests = {};
  const waits = threads > 1 ? watchWaits() : { late: 0 };
  for (const name of only ?? Object.keys(runs)) {
    const run = runs[name];
    const { config: document } = withTrain(run, { threads });
    const config = library.resolveRunConfig(document, [], name);
    const lines = (await readText(run.dataset)).split("\n").slice(0, run.rows + 1);
    const bytes = new TextEncoder().encode(`${lines.join("\n")}\n`);
    const { table } = await library.readTable(inPieces(bytes), name, library.tableOptions(config));
    const classifier = library.complete(library.fit(config, library.prepare(config, table), host));
    const hash = createSha256();
    hash.update(library.saveClassifier(classifier));
    digests[name] = hash.hex();
  }
  if (waits.late > 0) throw new Error(`threads: ${waits.late} waits in vain, so fewer have trained`);
  return digests;
}

/** Counts the waits of this thread that come to nothing: then training has gone on with fewer threads. */
function watchWaits() {
  const waits = { late: 0 };
  const { wait } = Atomics;
  Atomics.wait = (...place) => {
    const end = wait(...place);
    if (end === "timed-out") waits.late++;
    return end;
  };
  return waits;
}

function withTrain(run, train) {
  return { ...run, config: { ...run.config, train: { ...run.config.train, ...train } } };
}

async function* inPieces(bytes) {
  for (let from = 0; from < bytes.length; from += 10_000) yield bytes.subarray(from, from + 10_000);
}
