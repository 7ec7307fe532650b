import { describe, expect, test } from "vitest";
import { runIn } from "./memory.ts";

describe("help", () => {
  test("of the program begins with examples and goes to the standard output", async () => {
    const { code, out, err } = await runIn(["--help"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatchInlineSnapshot(`
      "Examples:
        pullone train patients.csv --label diagnosis               train, and see how good it is
        pullone predict runs/patients-1/model.safetensors new.csv  predict rows without a label
        pullone inspect patients.csv --label diagnosis             see what is in the columns

      Usage: pullone [options] [command]

      Trains a classifier on a CSV file, judges it on rows it has not seen, and predicts with it.

      Options:
        -V, --version                                            print the version
        -h, --help                                               print help

      Commands:
        train <config.jsonc | data.csv> [options]                train a classifier and say how good it is
        evaluate <model> [data.csv | -] [options]                judge a model on labelled rows
        predict <model> [data.csv | -] [options]                 predict the class of each row
        inspect <data.csv | model> [options]                     show the columns of a CSV file, or what a
                                                                 model holds
        init <data.csv> --label <column> [options]               write a configuration to edit
        calibrate <model> [data.csv | -] [options]               make the probabilities mean what they say
        explain <model> <data.csv | -> --row <number> [options]  show why a row was answered as it was
        check <config.jsonc | data.csv> [options]                prove the arithmetic and audit the data
                                                                 of a run
        compare <model-a> <model-b> [data.csv | -] [options]     say which of two models is better, or
                                                                 that the rows cannot tell
        experiment <experiment.jsonc> [options]                  compare variants over seeds and folds
        help [command]                                           print the help of a command
      "
    `);
  });

  test("of train", async () => {
    expect((await runIn(["train", "--help"])).out).toMatchInlineSnapshot(`
      "Examples:
        pullone train patients.csv --label diagnosis                      no configuration needed
        pullone train configs/tumor.jsonc                                 all that is said in a configuration
        pullone train configs/tumor.jsonc --seed 7 --set train.epochs=50  with changes
        pullone train configs/tumor.jsonc --resume                        go on after Ctrl-C, a crash or a power cut

      Usage: pullone train <config.jsonc | data.csv> [options]

      Trains on a part of the rows, chooses the best epoch on another, and judges on the rest.

      Arguments:
        input                      a configuration, or a CSV file together with --label

      Options:
        --label <column>           the column to predict, when the input is a CSV file
        --set <key=value>          set one field of the configuration, such as train.epochs=50; may be
                                   repeated
        --seed <number>            the seed of everything random
        --name <name>              the name of the run
        --out <folder>             the folder of the run (default: runs/<name>-<seed>)
        --force                    replace a run that is there, and begin an interrupted one anew
        --resume                   go on with an interrupted run, to the same bytes; with none, begin
        --checkpoint-every <when>  30s, 5m, a number of epochs, or never (default: 30s)
        --print-config             print the complete configuration, and train nothing
        --json                     print one JSON document instead of text
        --quiet                    print neither progress nor a report
        -h, --help                 print help
      "
    `);
  });

  test("of evaluate", async () => {
    expect((await runIn(["evaluate", "--help"])).out).toMatchInlineSnapshot(`
      "Examples:
        pullone evaluate runs/tumor-1/model.safetensors                                      the test rows of its run
        pullone evaluate runs/tumor-1/model.safetensors later.csv                            rows that came later
        pullone evaluate runs/tumor-1/model.safetensors --require accuracy=0.95,logLoss=0.1  in a pipeline

      Usage: pullone evaluate <model> [data.csv | -] [options]

      Judges a model on a CSV file with labels, or again on the test rows of its own run.

      Arguments:
        model                  a model.safetensors
        data                   a CSV file with the label column, or - for standard input

      Options:
        --threshold <p>        of two classes, answer the second from this probability on
        --costs <json>         answer the class of least expected cost: JSON, or a file of it
        --require <list>       limits to hold, such as accuracy=0.95,logLoss=0.1; exit code 79 if not
        --expect-sha256 <hex>  refuse any other model file than that of this SHA-256
        --json                 print one JSON document instead of text
        -h, --help             print help
      "
    `);
  });

  test("of predict", async () => {
    expect((await runIn(["predict", "--help"])).out).toMatchInlineSnapshot(`
      "Examples:
        pullone predict runs/tumor-1/model.safetensors new.csv > answers.csv             CSV to CSV
        pullone predict runs/tumor-1/model.safetensors new.csv --keep id --format jsonl  JSON lines
        cat new.csv | pullone predict runs/tumor-1/model.safetensors -                   through a pipe

      Usage: pullone predict <model> [data.csv | -] [options]

      Writes the predicted class and one probability a class for every row, in their order.

      Arguments:
        model                  a model.safetensors
        data                   a CSV file; - or nothing for standard input

      Options:
        --format <format>      csv or jsonl (default: csv)
        --keep <column>        copy a column of the input; may be repeated
        --logits               add the logits
        --threshold <p>        of two classes, answer the second from this probability on
        --costs <json>         answer the class of least expected cost: JSON, or a file of it
        --abstain-below <p>    give no answer that is less probable
        --safe-csv             put ' before text that a spreadsheet would take for a formula
        --output <file>        write a file, whole or not at all
        --no-clobber           refuse an output that is there
        --expect-sha256 <hex>  refuse any other model file than that of this SHA-256
        --quiet                do not say what was written
        -h, --help             print help
      "
    `);
  });

  test("of inspect", async () => {
    expect((await runIn(["inspect", "--help"])).out).toMatchInlineSnapshot(`
      "Examples:
        pullone inspect patients.csv --label diagnosis  kinds, ranges, remarks
        pullone inspect runs/tumor-1/model.safetensors  layers, columns, classes, figures

      Usage: pullone inspect <data.csv | model> [options]

      Shows what each column would be used as and why, or everything that a model holds.

      Arguments:
        input                  a CSV file or a model.safetensors

      Options:
        --label <column>       the column to predict
        --set <key=value>      set one field of the configuration, such as train.epochs=50; may be
                               repeated
        --expect-sha256 <hex>  refuse any other model file than that of this SHA-256
        --json                 print one JSON document instead of text
        -h, --help             print help
      "
    `);
  });

  test("of init", async () => {
    expect((await runIn(["init", "--help"])).out).toMatchInlineSnapshot(`
      "Examples:
        pullone init patients.csv --label diagnosis  writes patients.jsonc

      Usage: pullone init <data.csv> --label <column> [options]

      Writes a commented configuration with the columns of a CSV file.

      Arguments:
        data               a CSV file

      Options:
        --label <column>   the column to predict
        --set <key=value>  set one field of the configuration, such as train.epochs=50; may be repeated
        --output <file>    where to write it (default: <data>.jsonc)
        --force            replace a file that is there
        -h, --help         print help
      "
    `);
  });

  test("--version is one line", async () => {
    expect(await runIn(["--version"])).toMatchObject({ code: 0, out: "1.2.3\n", err: "" });
  });

  test("no command at all is answered with the help, as an error", async () => {
    const { code, out, err } = await runIn([]);
    expect({ code, out }).toEqual({ code: 64, out: "" });
    expect(err).toBe((await runIn(["--help"])).out);
  });

  test("a reader of the help that goes away is no failure", async () => {
    expect(await runIn(["--help"], { outFails: { code: "EPIPE", after: 0 } })).toMatchObject({
      code: 0,
      err: "",
    });
    expect(await runIn(["--help"], { outFails: { code: "ENOSPC", after: 0 } })).toMatchObject({ code: 74 });
  });
});

describe("what the command line refuses, with exit 64 and nothing on the standard output", () => {
  test.each<[string[], string]>([
    [["trian"], 'error: unknown command "trian"\nhint:  did you mean "train"?\n'],
    [["xyzzy"], 'error: unknown command "xyzzy"\nhint:  pullone --help shows what there is\n'],
    [
      ["train"],
      'error: missing required argument "input"\nhint:  pullone train --help shows what there is\n',
    ],
    [
      ["train", "a", "--sed", "1"],
      'error: unknown option "--sed"\nhint:  did you mean "--seed" or "--set"?\n',
    ],
    [
      ["train", "a", "--epochs", "5"],
      'error: unknown option "--epochs"\nhint:  write --set train.epochs=5\n',
    ],
    [
      ["train", "a", "--lr=0.1"],
      'error: unknown option "--lr=0.1"\nhint:  write --set train.learningRate=0.1\n',
    ],
    [
      ["train", "a", "--batch-size"],
      'error: unknown option "--batch-size"\nhint:  write --set train.batchSize=<value>\n',
    ],
    [
      ["train", "a", "--hidden", "64,32"],
      `error: unknown option "--hidden"\nhint:  write --set 'model.hidden=[64,32]'\n`,
    ],
    [
      ["init", "a", "--label", "b", "--train.optimizer", "adam"],
      'error: unknown option "--train.optimizer"\nhint:  write --set train.optimizer=adam\n',
    ],
    // Two sections have a kind.
    [
      ["train", "a", "--kind", "x"],
      'error: unknown option "--kind"\nhint:  pullone train --help shows what there is\n',
    ],
    [
      ["evaluate", "a", "--epochs", "5"],
      'error: unknown option "--epochs"\nhint:  pullone evaluate --help shows what there is\n',
    ],
    [
      ["train", "a", "b"],
      'error: too many arguments for "train": expected 1 argument but got 2\nhint:  pullone train --help shows what there is\n',
    ],
    [
      ["train", "a", "--label"],
      'error: option "--label <column>" argument missing\nhint:  pullone train --help shows what there is\n',
    ],
    [
      ["train", "a", "--label", "--quiet"],
      'error: --label: expected a value, got the option "--quiet"\nhint:  a value that begins with dashes is written --label=--quiet\n',
    ],
    [["train", "a", "--seed", "1", "--seed=2"], 'error: --seed: expected it once, got a second one, "2"\n'],
    [
      ["init", "a"],
      'error: required option "--label <column>" not specified\nhint:  pullone init --help shows what there is\n',
    ],
    [
      ["train", "a", "--\u001b[31m"],
      'error: unknown option "--\\u{1b}[31m"\nhint:  pullone train --help shows what there is\n',
    ],
  ])("%j", async (argv, message) => {
    expect(await runIn(argv)).toMatchObject({ code: 64, out: "", err: message });
  });

  test.each([
    "12abc",
    "1e3",
    "0x10",
    "",
    " 5",
    "1_000",
    "Infinity",
    "-1",
    "1.5",
    "+1",
    "01",
    "9007199254740993",
  ])("--seed %j is no whole number", async (text) => {
    const { code, err } = await runIn(["train", "a", `--seed=${text}`]);
    expect({ code, err }).toEqual({
      code: 64,
      err: `error: --seed: expected a whole number from 0 to 9007199254740991, got "${text}"\n`,
    });
  });

  test("an argument of 100,000 characters and 10,000 arguments", async () => {
    const long = await runIn(["x".repeat(100_000)]);
    expect(long.code).toBe(64);
    expect(long.err.length).toBeLessThanOrEqual(1000);
    expect((await runIn(["train", ...Array.from({ length: 10_000 }, String)])).code).toBe(64);
  });

  test("with --json as one document", async () => {
    const { code, out, err } = await runIn(["train", "a", "--json", "--sed", "1"]);
    expect({ code, err }).toEqual({ code: 64, err: "" });
    expect(JSON.parse(out)).toEqual({
      error: {
        code: "usage_invalid",
        message: 'unknown option "--sed"',
        hint: 'did you mean "--seed" or "--set"?',
      },
    });
  });
});
