// Two learners, each with a feature of its own that is worth as much as the other's: repeated 5-fold cross-validation.
import { exp, log1p } from "../../src/elementary.ts";
import { shuffle } from "../../src/random.ts";
import { correctedResampledTTest } from "../../src/train/resampled.ts";
import { studentPValue } from "../../src/train/student.ts";
import { labelsOf, TWO } from "./scenes.ts";
import { afterLooking, forComparison, gauss, knownBefore, rejects, type Study, stream } from "./study.ts";

const FOLDS = 5;
const SIGNAL = 1.5;

/** Log loss of a one-feature linear discriminant, learnt from some rows and judged on others. */
function discriminantLoss(x: Float64Array, labels: Int32Array, train: number[], test: number[]): number {
  const sums = [0, 0];
  const counts = [0, 0];
  for (const r of train) {
    sums[labels[r]!]! += x[r]!;
    counts[labels[r]!]!++;
  }
  const means = sums.map((sum, k) => sum / counts[k]!) as [number, number];
  let squares = 0;
  for (const r of train) squares += (x[r]! - means[labels[r]!]!) ** 2;
  const slope = ((means[1] - means[0]) * (train.length - 2)) / squares;
  const offset = Math.log(counts[1]! / counts[0]!) - (slope * (means[0] + means[1])) / 2;
  let loss = 0;
  for (const r of test) {
    const logit = slope * x[r]! + offset;
    loss += log1p(exp(labels[r] === 1 ? -logit : logit));
  }
  return loss / test.length;
}

function repeatedFolds(N: number, repeats: number, runs: number): Study {
  const corrected = rejects(`corrected t-test, ${repeats} × ${FOLDS} folds`, repeats === 1 ? 0 : 3);
  return {
    name: "folds",
    rows: N,
    runs,
    promises: [
      repeats === 1 ? knownBefore(corrected) : afterLooking(corrected),
      forComparison(rejects(`plain paired t-test, ${repeats} × ${FOLDS} folds`)),
    ],
    trial: (run) => {
      const random = stream(2, run);
      const labels = labelsOf(TWO, N);
      const feature = () => Float64Array.from(labels, (label) => (label - 0.5) * SIGNAL + gauss(random));
      const [x, y] = [feature(), feature()];
      const differences: number[] = [];
      for (let repeat = 0; repeat < repeats; repeat++) {
        const order = shuffle(Array.from(labels.keys()), random);
        for (let fold = 0; fold < FOLDS; fold++) {
          const test = order.filter((_, i) => i % FOLDS === fold);
          const train = order.filter((_, i) => i % FOLDS !== fold);
          differences.push(
            discriminantLoss(x, labels, train, test) - discriminantLoss(y, labels, train, test),
          );
        }
      }
      const J = differences.length;
      const mean = differences.reduce((sum, value) => sum + value, 0) / J;
      const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (J - 1);
      return [
        correctedResampledTTest(differences, 1 / FOLDS).p! <= 0.05,
        studentPValue(mean / Math.sqrt(variance / J), J - 1) <= 0.05,
      ];
    },
  };
}

export const foldStudies = (): Study[] => [repeatedFolds(120, 1, 5000), repeatedFolds(120, 10, 5000)];
