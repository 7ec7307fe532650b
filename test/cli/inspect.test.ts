import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { irisCsv, irisDisk, MODEL, quick, trainedDisk } from "./flowers.ts";
import { memoryDisk, runIn } from "./memory.ts";

const penguins = readFileSync(
  join(import.meta.dirname, "../../datasets/palmerpenguins/palmerpenguins.csv"),
  "utf8",
);

describe("inspect", () => {
  test("shows what each column would be used as, and why", async () => {
    const disk = memoryDisk({ "penguins.csv": penguins });
    const { code, out, err } = await runIn(["inspect", "penguins.csv", "--label", "species"], { disk });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatchInlineSnapshot(`
      "penguins.csv: 344 rows, 7 columns beside the label
        5 numeric, 2 categorical

        column             used as      missing  distinct  values                    because
        island             categorical                  3  Biscoe, Dream, Torgersen  3 categories in 344 cells
        bill_length_mm     numeric            2       164  32.1 … 44.45 … 59.6       all 342 cells are numbers, 2 missing
        bill_depth_mm      numeric            2        80  13.1 … 17.3 … 21.5        all 342 cells are numbers, 2 missing
        flipper_length_mm  numeric            2        55  172 … 197 … 231           all 342 cells are numbers, 2 missing
        body_mass_g        numeric            2        94  2700 … 4050 … 6300        all 342 cells are numbers, 2 missing
        sex                categorical       11         2  male, female              2 categories in 333 cells, 11 missing
        year               numeric                      3  2007 … 2008 … 2009        all 344 cells are numbers

      Label "species": 3 classes
        Adelie     152  44.2 %  ████████████████████████
        Chinstrap   68  19.8 %  ██████████▊
        Gentoo     124  36.0 %  ███████████████████▋
      "
    `);
  });

  const odd = `mass,kind\n${Array.from({ length: 12 }, (_, i) => `${i === 4 ? "n.a." : i / 8},${"ab"[i % 2]}`).join("\n")}\n`;
  const wayOut = [
    "train with --set 'data.missingValues=[",
    '"","NA","N/A","n/a","#N/A","<NA>","NaN","nan","NULL","null","None","?","-","n.a."',
    `]' or with --set 'data.columns.mass.kind="categorical"'`,
  ].join("");

  test("shows a column that training refuses, with its line, its value and the way out", async () => {
    const disk = memoryDisk({ "odd.csv": odd });
    const { code, out, err } = await runIn(["inspect", "odd.csv", "--label", "kind"], { disk });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/\n {2}mass +numeric +12 +1 of 12 cells is no number\n/);
    expect(out).toContain(
      `\nRemarks\n  column "mass": training refuses it: expected a number, got "n.a." on line 6; ${wayOut}\n`,
    );
    const { err: refused } = await runIn(["train", "odd.csv", "--label", "kind"], { disk });
    expect(refused).toContain(`got "n.a." on line 6\nhint:  ${wayOut}\n`);
  });

  test.each([
    ["numbers with a decimal comma", "1,5", "numeric"],
    ["a number out of range", "1e30", "numeric"],
  ])("shows %s as well", async (_, cell, kind) => {
    const rows = Array.from({ length: 12 }, (_, i) => `"${cell}${i}",${"ab"[i % 2]}`).join("\n");
    const disk = memoryDisk({ "odd.csv": `mass,kind\n${rows}\n` });
    const { code, out } = await runIn(["inspect", "odd.csv", "--label", "kind", "--json"], { disk });
    expect(code).toBe(0);
    const [column] = JSON.parse(out).columns;
    expect(column).toMatchObject({
      kind,
      remarks: [expect.stringContaining("training refuses it: expected a number")],
    });
  });

  test("--set tries the way out", async () => {
    const disk = memoryDisk({ "odd.csv": odd });
    const inspect = async (setting: string) =>
      (await runIn(["inspect", "odd.csv", "--label", "kind", "--set", setting], { disk })).out;
    expect(await inspect('data.missingValues=["n.a."]')).toContain("all 11 cells are numbers, 1 missing");
    expect(await inspect('data.columns.mass.kind="categorical"')).toContain("declared categorical");
    expect(await inspect('data.missingValues=["n.a."]')).not.toContain("Remarks");
  });

  test("without a label, all columns", async () => {
    const { out } = await runIn(["inspect", "data/iris.csv"], { disk: irisDisk() });
    expect(out).toMatchInlineSnapshot(`
      "data/iris.csv: 150 rows, 5 columns
        4 numeric, 1 categorical

        column        used as      missing  distinct  values                         because
        sepal_length  numeric                     35  4.3 … 5.8 … 7.9                all 150 cells are numbers
        sepal_width   numeric                     23  2 … 3 … 4.4                    all 150 cells are numbers
        petal_length  numeric                     43  1 … 4.35 … 6.9                 all 150 cells are numbers
        petal_width   numeric                     22  0.1 … 1.3 … 2.5                all 150 cells are numbers
        species       categorical                  3  setosa, versicolor, virginica  3 categories in 150 cells
      "
    `);
  });

  test("--json is the same as one document", async () => {
    const disk = memoryDisk({ "penguins.csv": penguins });
    const { out } = await runIn(["inspect", "penguins.csv", "--label", "species", "--json"], { disk });
    const document = JSON.parse(out);
    expect(document).toMatchObject({
      file: "penguins.csv",
      rows: 344,
      label: "species",
      classes: [
        { name: "Adelie", rows: 152 },
        { name: "Chinstrap", rows: 68 },
        { name: "Gentoo", rows: 124 },
      ],
    });
    expect(document.columns).toHaveLength(7);
  });

  test("shows all that a model holds", async () => {
    const { code, out } = await runIn(["inspect", MODEL], { disk: await trainedDisk() });
    expect(code).toBe(0);
    for (const part of ["Network", "Label", "Columns it reads", "Training", "Configuration", "petal_width"]) {
      expect(out).toContain(part);
    }
    const { out: json } = await runIn(["inspect", MODEL, "--json"], { disk: await trainedDisk() });
    const document = JSON.parse(json);
    const renamed = await trainedDisk();
    renamed.put("model", renamed.bytes(MODEL));
    expect(JSON.parse((await runIn(["inspect", "model", "--json"], { disk: renamed })).out)).toEqual({
      ...document,
      model: "model",
    });
    expect(document.labels).toEqual({ column: "species", classes: ["setosa", "versicolor", "virginica"] });
    expect(document.layers.map(({ weights }: { weights: number[] }) => weights.length)).toEqual([32, 24]);
  });

  test.each([
    [["inspect", "none.csv"], 66, "error: none.csv: expected a file, found nothing there\n"],
    [["inspect", "-"], 64, 'error: the input: expected a file, got "-"; it is read more than once\n'],
    [
      ["inspect", "data/iris.csv", "--label", "specis"],
      65,
      expect.stringMatching(/^error: data\/iris\.csv: .*"specis"[\s\S]*"species"/),
    ],
  ])("refuses %j", async (argv, code, message) => {
    expect(await runIn(argv, { disk: irisDisk() })).toMatchObject({ code, out: "", err: message });
  });
});

describe("init", () => {
  test("writes a commented configuration that trains", async () => {
    const disk = irisDisk();
    const { code, out } = await runIn(["init", "data/iris.csv", "--label", "species"], { disk });
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "iris.jsonc: 4 columns (4 numeric), 3 classes
      next: pullone train data/iris.jsonc
      "
    `);
    expect(disk.text("data/iris.jsonc")).toMatch(
      /"petal_width": \{ "kind": "numeric" \} \/\/ all 150 cells are numbers/,
    );
    expect((await runIn(["train", "data/iris.jsonc", "--quiet", ...quick], { disk })).code).toBe(0);
    expect(disk.list()).toContain(MODEL);
  });

  test("leaves the classes to be found again, so that a rare one does no harm, but shows their order", async () => {
    const disk = irisDisk({ "rare.csv": `${irisCsv}1,1,1,1,rare\n` });
    const { code } = await runIn(["init", "rare.csv", "--label", "species"], { disk });
    expect(code).toBe(0);
    expect(disk.text("rare.jsonc")).toContain(
      '\n    // "classes": ["rare", "setosa", "versicolor", "virginica"],\n',
    );
    for (const seed of ["1", "2", "3", "4", "5", "6"]) {
      const argv = ["train", "rare.jsonc", "--quiet", "--seed", seed, ...quick];
      expect((await runIn(argv, { disk })).err).not.toContain("error:");
    }
  });

  test("writes a file with a column that training refuses, and warns", async () => {
    const disk = irisDisk({ "odd.csv": `${irisCsv}x,1,1,1,setosa\n` });
    const argv = ["init", "odd.csv", "--label", "species"];
    const { code, err } = await runIn(argv, { disk });
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringContaining(
        'warning: column "sepal_length": training refuses it: expected a number, got "x" on line 152;',
      ),
    });
    expect(disk.text("odd.jsonc")).toContain(
      '"sepal_length": { "kind": "numeric" }, // 1 of 151 cells is no number; training',
    );
    const settings = ["--set", 'data.missingValues=["x"]', "--set", "train.epochs=3"];
    expect((await runIn([...argv, "--force", ...settings], { disk })).err).toBe("");
    expect(disk.text("odd.jsonc")).toMatch(/"missingValues": \["x"\],[\s\S]*"epochs": 3,/);
    expect((await runIn(["train", "odd.jsonc", "--quiet", ...quick], { disk })).code).toBe(0);
  });

  test("tells the missing cells of a column once", async () => {
    const disk = irisDisk({ "holes.csv": "x,kind\n1,a\n,b\n3,a\n4,b\n" });
    expect((await runIn(["init", "holes.csv", "--label", "kind"], { disk })).code).toBe(0);
    expect(disk.text("holes.jsonc")).toContain(
      '"x": { "kind": "numeric" } // all 3 cells are numbers, 1 missing\n',
    );
  });

  test("started by npm, it names the next command as npm finds it", async () => {
    const argv = ["init", "data/iris.csv", "--label", "species"];
    const { out } = await runIn(argv, { disk: irisDisk(), env: { npm_command: "exec" } });
    expect(out).toContain("\nnext: npx pullone train data/iris.jsonc\n");
  });

  test("names the data from where the configuration stands", async () => {
    const disk = irisDisk({ "configs/other.jsonc": "{}" });
    const argv = ["init", "data/iris.csv", "--label", "species", "--output", "configs/iris.jsonc"];
    expect((await runIn(argv, { disk })).code).toBe(0);
    expect(disk.text("configs/iris.jsonc")).toContain('"file": "../data/iris.csv"');
  });

  test("replaces a file only with --force, and never the data", async () => {
    const disk = irisDisk({ "data/iris.jsonc": "mine" });
    const argv = ["init", "data/iris.csv", "--label", "species"];
    expect(await runIn(argv, { disk })).toMatchObject({
      code: 73,
      err: "error: data/iris.jsonc: expected no file of that name, got one\nhint:  use --force to replace it, or another --output\n",
    });
    expect(disk.text("data/iris.jsonc")).toBe("mine");
    expect((await runIn([...argv, "--force"], { disk })).code).toBe(0);
    expect((await runIn([...argv, "--force", "--output", "data/iris.csv"], { disk })).code).toBe(64);
  });
});
