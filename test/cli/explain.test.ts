import { describe, expect, test } from "vitest";
import { irisCsv, MODEL, trainedDisk } from "./flowers.ts";
import { runIn } from "./memory.ts";

const [header, ...rows] = irisCsv.trimEnd().split("\n");

const known = (name: string) =>
  `warning: ${name}: 120 of 150 rows trained the model or chose its epoch: new rows may show another importance of the columns\n`;

describe("explain", () => {
  test("says how many rows behind the importance trained the model, and nothing where none did, none is measured or nobody can tell", async () => {
    const disk = await trainedDisk();
    disk.put("new.csv", `${irisCsv.trimEnd()}\n5,3,1,0.2,setosa\n`);
    disk.put("unlabelled.csv", [header, ...rows].map((line) => line!.replace(/,[^,]+$/, "")).join("\n"));
    disk.put("alone.safetensors", disk.bytes(MODEL));
    const said = async (...argv: string[]) =>
      (await runIn(["explain", ...argv, "--row", "1"], { disk, stdin: irisCsv })).err;
    expect(await said(MODEL, "data/iris.csv", "--json")).toBe(known("data/iris.csv"));
    expect(await said(MODEL, "-")).toBe(known("standard input"));
    expect(await said(MODEL, "new.csv")).toBe("");
    expect(await said(MODEL, "unlabelled.csv")).toBe("");
    expect(await said("alone.safetensors", "data/iris.csv")).toBe("");
  });

  test("prints the gradient, what moved the answer, and what the model relies on", async () => {
    const disk = await trainedDisk();
    const { code, out, err } = await runIn(["explain", MODEL, "data/iris.csv", "--row", "71"], { disk });
    expect({ code, err }).toEqual({ code: 0, err: known("data/iris.csv") });
    expect(out).toMatchInlineSnapshot(`
      "data/iris.csv: row 71, on line 72
        answered "virginica"; the label is "versicolor"

      Push all, pull one: p − y is the gradient of the loss
                      logit        p  y    p − y                      logit after a step of rate 1
        setosa       -1.245  0.08728  0  0.08728            │▉        -1.332
        versicolor  -0.1258   0.2672  1  -0.7328     ███████│         0.607
        virginica     0.756   0.6455  0   0.6455            │██████▌  0.1105
        loss −ln p[versicolor] = 1.3196 nats; knowing nothing is 1.0986

      What moved it: ln p[virginica] − ln p[versicolor] = 0.8818
        column                       value  encoded  x · gradient
        petal_width                    1.8    0.771        0.7466            │██████████
        petal_length                   4.8   0.5745        0.2213            │███
        sepal_width                    3.2   0.3048       -0.1767          ██│
        sepal_length                   5.9  0.04015       0.00838            │▏
        the rest: biases, curvature                       0.08222            │█▏
        together                                           0.8818

      What the model relies on: the rise of the log loss when a column is shuffled (150 rows, 10 times)
        column          rise  95 % interval
        petal_width   0.3165  0.2522 to 0.3809            │██████████
        petal_length  0.1703  0.1373 to 0.2033            │█████▍
        sepal_width   0.1199  0.0726 to 0.1671            │███▊
        sepal_length  0.0878  0.0647 to 0.1109            │██▊
        log loss of the rows as they are: 0.4434
      "
    `);
  });

  test("an empty cell is said to be empty", async () => {
    const disk = await trainedDisk();
    disk.put("gap.csv", "sepal_length,sepal_width,petal_length,petal_width\n5.1,,1.4,0.2\n");
    const { out } = await runIn(["explain", MODEL, "gap.csv", "--row", "1"], { disk });
    expect(out).toMatch(/ {2}sepal_width +\(empty\) /);
  });

  test("--json has the same figures, unrounded", async () => {
    const disk = await trainedDisk();
    const { out } = await runIn(["explain", MODEL, "data/iris.csv", "--row", "71", "--json"], { disk });
    const document = JSON.parse(out);
    expect(document).toMatchObject({
      model: MODEL,
      source: "data/iris.csv",
      row: 71,
      line: 72,
      label: "versicolor",
    });
    expect(document.columns).toHaveLength(4);
    expect(document.importance).toMatchObject({ rows: 150, repeats: 10 });
    const answered = await runIn(["predict", MODEL, "data/iris.csv", "--format", "jsonl", "--logits"], {
      disk,
    });
    const { predicted, logits, probabilities } = JSON.parse(answered.out.split("\n")[70]!);
    expect(document.predicted).toBe(predicted);
    for (const { class: name, probability } of document.classes)
      expect(probability).toBe(probabilities[name]);
    for (const { class: name, logit } of document.logits) expect(logit).toBe(logits[name]);
  });

  test("without the label column says what it can, from a pipe too", async () => {
    const stdin = [header, rows[70]].map((line) => line!.replace(/,[^,]+$/, "")).join("\n");
    const argv = ["explain", MODEL, "-", "--row", "1"];
    const { code, out } = await runIn(argv, { disk: await trainedDisk(), stdin });
    expect(code).toBe(0);
    expect(out).toContain("standard input: row 1, on line 2\n");
    expect(out).toContain("\nLogits and probabilities\n");
    expect(out).not.toContain("p − y");
    expect(out).toMatch(
      /\nwithout the label column, nothing can be said of the importance of the columns\n$/,
    );
  });

  test.each<[string[], number, string]>([
    [["--row", "151"], 64, "error: --row: expected 1 to 150, a row of the data, got 151\n"],
    [["--row", "0"], 64, "error: --row: expected 1 to 150, a row of the data, got 0\n"],
    [["--row", "x"], 64, 'error: --row: expected a whole number from 0 to 9007199254740991, got "x"\n'],
  ])("%j is refused", async (argv, code, err) => {
    const outcome = await runIn(["explain", MODEL, "data/iris.csv", ...argv], { disk: await trainedDisk() });
    expect(outcome).toMatchObject({ code, out: "", err });
  });

  test("a file without rows is refused", async () => {
    const argv = ["explain", MODEL, "-", "--row", "1"];
    expect(await runIn(argv, { disk: await trainedDisk(), stdin: `${header}\n` })).toMatchObject({
      code: 65,
      err: "error: standard input: expected rows to explain, got no rows below the header\n",
    });
  });
});
