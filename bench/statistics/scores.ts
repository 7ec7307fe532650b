// The intervals of `evaluate`, on data sets whose true scores are known.
import {
  delongInterval,
  type Interval,
  meanShareInterval,
  wilsonInterval,
} from "../../src/train/intervals.ts";
import { scoresOfClass } from "../../src/train/multiclass.ts";
import { metricIntervals } from "../../src/train/uncertainty.ts";
import { drawRows, type Scene, THREE, TWO, truthOf } from "./scenes.ts";
import {
  afterLooking,
  B,
  covers,
  forComparison,
  knownBefore,
  type Promised,
  type Study,
  stream,
} from "./study.ts";

const holds = (interval: Interval | null, truth: number) =>
  interval !== null && interval.lower <= truth && truth <= interval.upper;

/** Wilson's interval of a share and Newcombe's of a mean of two, for shares drawn from 0.7 … 1. */
function shares(N: number, runs: number): Study {
  const positives = (3 * N) / 8;
  return {
    name: "shares",
    rows: N,
    runs,
    promises: [covers("Wilson, accuracy"), covers("Newcombe, balanced accuracy")],
    trial: (run) => {
      const random = stream(3, run);
      const p = [0.7 + 0.3 * random(), 0.7 + 0.3 * random()] as const;
      const hits = (n: number, share: number) => {
        let count = 0;
        for (let i = 0; i < n; i++) if (random() < share) count++;
        return count;
      };
      const wilson = holds(wilsonInterval(hits(N, p[0]), N), p[0]);
      const groups = [N - positives, positives];
      const right = groups.map((n, k) => hits(n, p[k]!));
      return [wilson, holds(meanShareInterval(right, groups), (p[0] + p[1]) / 2)];
    },
  };
}

/** The scores of `evaluate` with the method of their interval. */
const METHODS = {
  logLoss: "bootstrap t, log loss",
  brier: "bootstrap t, Brier score",
  macroF1: "Bayesian bootstrap, macro F1",
  weightedF1: "Bayesian bootstrap, weighted F1",
  mcc: "Bayesian bootstrap, Matthews correlation",
  kappa: "Bayesian bootstrap, kappa",
  rocAuc: "DeLong on the logit scale, ROC AUC",
  averagePrecision: "jackknife on the logit scale, average precision",
  ece: "inverted bootstrap, calibration error",
} as const;
type Score = keyof typeof METHODS;
const SCORES = Object.keys(METHODS) as Score[];

function scores(
  title: string,
  scene: Scene,
  N: number,
  runs: number,
  exceptions: Partial<Record<Score, (promised: Promised) => Promised>> = {},
  name = "scores",
): Study {
  // Known once in each thread, and only where it is asked for.
  let truth: ReturnType<typeof truthOf> | undefined;
  const plain =
    scene.eighths.length === 2 ? [forComparison(covers(`DeLong as it is, ROC AUC, ${title}`))] : [];
  return {
    name,
    rows: N,
    runs,
    promises: [
      ...SCORES.map((score) =>
        (exceptions[score] ?? ((same) => same))(covers(`${METHODS[score]}, ${title}`)),
      ),
      ...plain,
    ],
    trial: (run) => {
      truth ??= truthOf(scene);
      const K = scene.eighths.length;
      const { losses, probabilities, labels, predicted } = drawRows(scene, N, stream(4 + N, run));
      const intervals = metricIntervals(losses, probabilities, labels, K, run, predicted, B);
      const held = SCORES.map((score) => holds(intervals[score], truth![score]!));
      if (K === 2)
        held.push(holds(delongInterval(scoresOfClass(probabilities, 2, 1), labels), truth.rocAuc!));
      return held;
    },
  };
}

const within = (from: number, to: number, mark: (promised: Promised) => Promised) => (promised: Promised) =>
  mark({ ...promised, from, to });

/** The error found belongs to its interval: of few rows, of which chance explains most, that holds more than 95 %. */
const FEW_ROWS = { ece: within(94, 100, knownBefore) };
/** The nearer an area is to 1, the fewer rows speak of the rest. */
const NEAR_ONE = {
  rocAuc: within(93, 96, afterLooking),
  averagePrecision: within(93, 96, afterLooking),
};

/** One or two rows are wrong, and often none: what the others cannot show is not in their interval. */
const NEARLY_ALL_RIGHT = {
  logLoss: within(91, 96, afterLooking),
  brier: within(93, 96, afterLooking),
  macroF1: within(94, 97, afterLooking),
  weightedF1: within(94, 97, afterLooking),
  mcc: within(94, 97, afterLooking),
  kappa: within(94, 97, afterLooking),
  // Of a fifth of these data sets the area is exactly 1, and there is no interval.
  rocAuc: forComparison,
  averagePrecision: forComparison,
  ...FEW_ROWS,
};

export const scoreStudies = (): Study[] => [
  shares(112, 40_000),
  shares(480, 20_000),
  scores("calibrated", { eighths: TWO, d: 2, excess: 1 }, 120, 4000, FEW_ROWS),
  scores("logits × 1.2", { eighths: TWO, d: 2, excess: 1.2 }, 120, 5000, FEW_ROWS),
  scores("logits × 1.2", { eighths: TWO, d: 2, excess: 1.2 }, 480, 5000),
  scores("areas 0.98, logits × 3", { eighths: TWO, d: 3, excess: 3 }, 120, 4000, {
    ...FEW_ROWS,
    ...NEAR_ONE,
    brier: within(94, 97, afterLooking),
  }),
  scores("areas 0.98, logits × 3", { eighths: TWO, d: 3, excess: 3 }, 480, 4000),
  scores("areas 0.998", { eighths: TWO, d: 4, excess: 1.2 }, 120, 4000, NEARLY_ALL_RIGHT, "nearly-right"),
  scores("three classes, logits × 1.2", { eighths: THREE, d: 2, excess: 1.2 }, 240, 4000, FEW_ROWS),
];
