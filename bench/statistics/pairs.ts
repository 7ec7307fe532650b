// Two models on the same rows, neither better: how often the tests of `compare` find one better.

import { normalQuantile } from "../../src/data/normal.ts";
import { exp, log1p } from "../../src/elementary.ts";
import type { Random } from "../../src/random.ts";
import type { ScoredRows } from "../../src/scored.ts";
import { exchangedRanksPValue } from "../../src/train/exchanged.ts";
import { scoresOfClass } from "../../src/train/multiclass.ts";
import { compareAucs, mcnemarOfPredictions } from "../../src/train/statistics.ts";
import { wildDifference } from "../../src/train/wild.ts";
import { classify, labelsOf, type Scene, TWO } from "./scenes.ts";
import { afterLooking, B, forComparison, gauss, knownBefore, rejects, type Study, stream } from "./study.ts";

/** Both see the same signal; half of the variance of their noise is shared, the other half their own. */
function drawPair(N: number, scenes: readonly [Scene, Scene], random: Random): ScoredRows[] {
  const labels = labelsOf(TWO, N);
  const shared = Float64Array.from(labels, () => gauss(random));
  return scenes.map((scene) => {
    const scores = new Float64Array(2 * N);
    for (let r = 0; r < N; r++) {
      scores[2 * r + 1] = (labels[r]! - 0.5) * scene.d + Math.SQRT1_2 * (shared[r]! + gauss(random));
    }
    return classify(scores, labels, scene);
  });
}

function alike(N: number, d: number, runs: number): Study {
  const scene = { eighths: TWO, d, excess: 1 };
  const cautious = N < 100 || d > 2;
  return {
    name: "pairs",
    rows: N,
    runs,
    promises: [
      knownBefore(rejects("McNemar, exact", 0, 5)),
      cautious ? knownBefore(rejects("McNemar, mid-p", 0, 6)) : forComparison(rejects("McNemar, mid-p")),
      rejects("wild bootstrap, log loss"),
      N < 100 ? afterLooking(rejects("exchanged ranks, ROC AUC", 3)) : rejects("exchanged ranks, ROC AUC"),
      forComparison(rejects("DeLong, paired, ROC AUC")),
    ].map((promised) => ({ ...promised, what: `${promised.what} (areas ${d === 2 ? "0.92" : "0.98"})` })),
    trial: (run) => {
      const random = stream(N * d, run);
      const [a, b] = drawPair(N, [scene, scene], random) as [ScoredRows, ScoredRows];
      const { pExact, pMid } = mcnemarOfPredictions(a.labels, a.predicted, b.predicted);
      const gains = a.losses.map((loss, r) => loss - b.losses[r]!);
      const [scoresA, scoresB] = [a, b].map((rows) => scoresOfClass(rows.probabilities, 2, 1)) as [
        Float64Array,
        Float64Array,
      ];
      return [
        pExact,
        pMid,
        wildDifference(gains, a.labels, 2, B, random).p,
        exchangedRanksPValue(scoresA, scoresB, a.labels, B, random),
        compareAucs(scoresA, scoresB, a.labels)!.pValue,
      ].map((p) => p !== null && p <= 0.05);
    },
  };
}

/** Expected log loss, by the middle points of 4,000 equal shares of each class. */
function expectedLoss({ d, excess }: Scene): number {
  const POINTS = 4000;
  let loss = 0;
  for (let k = 0; k < 2; k++) {
    for (let i = 0; i < POINTS; i++) {
      const score = (k - 0.5) * d + normalQuantile((i + 0.5) / POINTS);
      const logit = excess * (d * score + Math.log(TWO[1] / TWO[0]));
      loss += (TWO[k]! / 8 / POINTS) * log1p(exp(k === 1 ? -logit : logit));
    }
  }
  return loss;
}

/** One is calibrated, the other knows more and overstates it twofold: their expected log loss is the same. */
function unlike(N: number, runs: number, most: number): Study {
  const calm = { eighths: TWO, d: 2, excess: 1 };
  const aim = expectedLoss(calm);
  let [lower, upper] = [2, 4];
  while (upper - lower > 1e-9) {
    const middle = (lower + upper) / 2;
    if (expectedLoss({ ...calm, d: middle, excess: 2 }) > aim) lower = middle;
    else upper = middle;
  }
  const bold = { ...calm, d: lower, excess: 2 };
  return {
    name: "pairs",
    rows: N,
    runs,
    promises: [afterLooking(rejects("wild bootstrap, log loss, calibrated against logits × 2", 4, most))],
    trial: (run) => {
      const random = stream(7, run);
      const [a, b] = drawPair(N, [calm, bold], random) as [ScoredRows, ScoredRows];
      const gains = a.losses.map((loss, r) => loss - b.losses[r]!);
      const { p } = wildDifference(gains, a.labels, 2, B, random);
      return [p !== null && p <= 0.05];
    },
  };
}

export const pairStudies = (): Study[] => [
  alike(30, 2, 6000),
  alike(120, 2, 6000),
  alike(480, 2, 4000),
  alike(120, 3, 6000),
  unlike(120, 4000, 7.5),
  unlike(480, 4000, 6.5),
];
