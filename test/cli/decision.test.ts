import { describe, expect, test } from "vitest";
import { irisCsv, MODEL, quick, trainedDisk } from "./flowers.ts";
import { type Disk, memoryDisk, runIn } from "./memory.ts";

/** Two of the three flowers. */
const lines = irisCsv.trimEnd().split("\n");
const twoCsv = `${[lines[0], ...lines.slice(51)].join("\n")}\n`;
const TWO = "runs/two-1/model.safetensors";

async function twoDisk(): Promise<Disk> {
  const disk = memoryDisk({ "two.csv": twoCsv });
  await runIn(["train", "two.csv", "--label", "species", "--quiet", ...quick], { disk });
  return disk;
}

const answersOf = (out: string) =>
  out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("predict", () => {
  test("--threshold answers the second class from that probability on", async () => {
    const disk = await twoDisk();
    const { out, code } = await runIn(
      ["predict", TWO, "two.csv", "--format", "jsonl", "--threshold", "0.3"],
      { disk },
    );
    expect(code).toBe(0);
    const answers = answersOf(out);
    for (const { predicted, probabilities } of answers) {
      expect(predicted).toBe(probabilities.virginica >= 0.3 ? "virginica" : "versicolor");
    }
    expect(
      answers.some(
        ({ predicted, probabilities }) => predicted === "virginica" && probabilities.virginica < 0.5,
      ),
    ).toBe(true);
  });

  test("--costs by name, by list and from a file answer alike, the class of least expected cost", async () => {
    const disk = await trainedDisk();
    const named = JSON.stringify({
      setosa: { versicolor: 1, virginica: 1 },
      versicolor: { setosa: 1, virginica: 9 },
      virginica: { setosa: 1, versicolor: 1 },
    });
    const listed = "[[0,1,1],[1,0,9],[1,1,0]]";
    disk.put("costs.json", `${named}\n`);
    const ask = async (costs: string) =>
      (await runIn(["predict", MODEL, "data/iris.csv", "--format", "jsonl", "--costs", costs], { disk })).out;
    const out = await ask(named);
    expect(await ask(listed)).toBe(out);
    expect(await ask("costs.json")).toBe(out);
    for (const { predicted, probabilities: p } of answersOf(out)) {
      const cost = {
        setosa: p.versicolor + p.virginica,
        versicolor: p.setosa + p.virginica,
        virginica: p.setosa + 9 * p.versicolor,
      };
      expect(cost[predicted as keyof typeof cost]).toBeLessThanOrEqual(
        Math.min(...Object.values(cost)) + 1e-12,
      );
    }
  });

  test("--abstain-below gives no answer: an empty cell in CSV, null in JSON lines", async () => {
    const disk = await trainedDisk();
    const argv = ["predict", MODEL, "data/iris.csv", "--abstain-below", "0.8"];
    const [, ...rows] = (await runIn(argv, { disk })).out.trimEnd().split("\n");
    const answers = answersOf((await runIn([...argv, "--format", "jsonl"], { disk })).out);
    let withheld = 0;
    for (const [i, { predicted, probabilities }] of answers.entries()) {
      const largest = Math.max(...Object.values<number>(probabilities));
      expect(predicted === null).toBe(largest < 0.8);
      expect(rows[i]!.split(",")[0]).toBe(predicted ?? "");
      if (predicted === null) withheld++;
    }
    expect(withheld).toBeGreaterThan(10);
    expect(withheld).toBeLessThan(140);
  });
});

describe("evaluate", () => {
  test("--threshold judges those answers; the log loss is that of the probabilities", async () => {
    const disk = await twoDisk();
    const judge = async (...more: string[]) =>
      JSON.parse((await runIn(["evaluate", TWO, "two.csv", "--json", ...more], { disk })).out);
    const plain = await judge();
    const eager = await judge("--threshold", "0.1");
    expect(plain).not.toHaveProperty("decision");
    expect(eager.decision).toEqual({ kind: "threshold", threshold: 0.1 });
    expect(eager.metrics.classes[1].recall).toBeGreaterThanOrEqual(plain.metrics.classes[1].recall);
    expect(eager.metrics.confusionMatrix).not.toEqual(plain.metrics.confusionMatrix);
    for (const name of ["logLoss", "brier", "rocAuc", "ece", "reliability"]) {
      expect(eager.metrics[name]).toEqual(plain.metrics[name]);
    }
    expect(eager.intervals.accuracy.lower).toBeLessThan(eager.metrics.accuracy);
    expect((await judge("--threshold", "0.5")).metrics).toEqual(plain.metrics);
    const { out } = await runIn(["evaluate", TWO, "two.csv", "--threshold", "0.1"], { disk });
    expect(out).toMatch(/^two\.csv: 100 rows, decided as "virginica" from a probability of 0\.1 on\n/);
  });

  test("--costs shows the mean cost of the answers", async () => {
    const disk = await twoDisk();
    const argv = ["evaluate", TWO, "two.csv", "--costs", "[[0,1],[20,0]]"];
    const document = JSON.parse((await runIn([...argv, "--json"], { disk })).out);
    const [[, alarms], [misses]] = document.metrics.confusionMatrix;
    expect(document.cost).toBeCloseTo((alarms + 20 * misses) / 100, 12);
    expect(document.intervals.cost.lower).toBeLessThan(document.cost);
    expect(document.intervals.cost.upper).toBeGreaterThan(document.cost);
    expect(document.intervals.methods.cost).toBe("Bayesian bootstrap");
    const { out } = await runIn(argv, { disk });
    expect(out).toMatch(/^two\.csv: 100 rows, decided by the least expected cost\n/);
    expect(out).toMatch(
      new RegExp(
        `\\n {2}mean cost +${document.cost.toFixed(4).replace(".", "\\.")}  0\\.\\d{4} to \\d\\.\\d{4} `,
      ),
    );
  });

  test("shows coverage against error, in the text and in the document", async () => {
    const disk = await trainedDisk();
    const { out } = await runIn(["evaluate", MODEL], { disk });
    expect(out).toMatch(/\nAbstaining \(predict --abstain-below: .*\)\n {2}below {2}answered +share +wrong/);
    const { coverage } = JSON.parse((await runIn(["evaluate", MODEL, "--json"], { disk })).out).metrics;
    expect(coverage[0]).toMatchObject({ level: 0, rows: 30, coverage: 1, wrong: 9, error: 0.3 });
    for (const [i, { rows }] of coverage.slice(1).entries())
      expect(rows).toBeLessThanOrEqual(coverage[i].rows);
  });
});

describe("refused with exit 64", () => {
  test.each<[string[], string]>([
    [["--threshold", "1.5"], '--threshold: expected a number from 0 to 1, got "1.5"'],
    [["--threshold", "half"], '--threshold: expected a number from 0 to 1, got "half"'],
    [
      ["--threshold", "0.3"],
      "--threshold: expected a model of two classes, got one of 3\nhint:  --costs decides among more classes",
    ],
    [
      ["--threshold", "0.3", "--costs", "[]"],
      "--threshold: expected it without --costs, got both\nhint:  two costs are a threshold: (cost of a false alarm) / (cost of a false alarm + cost of a miss)",
    ],
    [
      ["--costs", "[[0,1],[1,0]]"],
      '--costs: expected 3 of them, one a class, got 2\nhint:  a line for each true class, a column for each answer, in the order "setosa", "versicolor", "virginica"',
    ],
    [
      ["--costs", "[[0,1,1],[1,0],[1,1,0]]"],
      '--costs [1]: expected 3 of them, one a class, got 2\nhint:  a line for each true class, a column for each answer, in the order "setosa", "versicolor", "virginica"',
    ],
    [["--costs", '[[0,1,1],[1,0,"9"],[1,1,0]]'], '--costs [1][2]: expected a number, got "9"'],
    [["--costs", "[1,2,3]"], "--costs [0]: expected a list of 3 numbers, got 1"],
    [
      ["--costs", '{"setosa":{},"versicolor":{},"virginca":{}}'],
      '--costs: expected classes of the model, got "virginca"\nhint:  did you mean "virginica"?',
    ],
    [
      ["--costs", '{"setosa":{"versicolor":1}}'],
      '--costs "setosa" "virginica": expected a number, got "nothing"',
    ],
    [
      ["--costs", "{}"],
      '--costs "setosa": expected an object with a cost for every other class, got "nothing"',
    ],
    [["--costs", "-"], '--costs: expected a file, got "-"; name a file, or write the JSON itself'],
    [["--costs", "five.json"], "five.json: expected a list of lists, or an object of objects, got 5"],
  ])("%j", async (argv, message) => {
    const disk = await trainedDisk();
    disk.put("five.json", "5");
    for (const command of ["predict", "evaluate"]) {
      expect(await runIn([command, MODEL, "data/iris.csv", ...argv], { disk })).toMatchObject({
        code: 64,
        out: "",
        err: `error: ${message}\n`,
      });
    }
  });

  test("a level of abstaining that is no share", async () => {
    const argv = ["predict", MODEL, "data/iris.csv", "--abstain-below", "80%"];
    expect(await runIn(argv, { disk: await trainedDisk() })).toMatchObject({
      code: 64,
      err: 'error: --abstain-below: expected a number from 0 to 1, got "80%"\n',
    });
  });
});
