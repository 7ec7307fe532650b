// The commands of the laboratory: comparing, calibrating, explaining, checking.

import type { Command } from "commander";
import { wholeNumber } from "./arguments.ts";
import type { Io } from "./io.ts";
import { examples, wordsOf } from "./options.ts";

/** Adds the commands to the program. @param ending takes the exit code of those that have one */
export function describeLaboratory(program: Command, io: Io, ending: { code: number }): void {
  const { single, repeated, setting, expectSha256 } = wordsOf(program);

  const calibrate = program
    .command("calibrate")
    .summary("make the probabilities mean what they say")
    .description("Learns one temperature, or a scale and a bias a class, from rows that trained nothing.")
    .usage("<model> [data.csv | -] [options]")
    .argument("<model>", "a model.safetensors")
    .argument("[data]", "a CSV file with the label column (default: the validation rows of its run)")
    .addOption(
      single("--on <rows>", "validation, the only rows of a run that may teach (default: validation)"),
    )
    .addOption(single("--method <method>", "temperature or vector (default: temperature)"))
    .addOption(single("--out <file>", "the calibrated model (default: beside the model, .calibrated added)"))
    .option("--no-clobber", "refuse an output that is there")
    .addOption(expectSha256())
    .option("--json", "print one JSON document instead of text")
    .action(async (model: string, data: string | undefined, options) => {
      const { calibrate } = await import("./calibrate.ts");
      await calibrate(io, { model, data, ...options });
    });
  examples(calibrate, [
    ["pullone calibrate runs/tumor-1/model.safetensors --on validation", "the validation rows of its run"],
    ["pullone calibrate runs/tumor-1/model.safetensors later.csv --method vector", "rows that came later"],
  ]);

  const explain = program
    .command("explain")
    .summary("show why a row was answered as it was")
    .description(
      "Shows the logits, the gradient and what each column did for one row, and what the model relies on.",
    )
    .usage("<model> <data.csv | -> --row <number> [options]")
    .argument("<model>", "a model.safetensors")
    .argument("<data>", "a CSV file, with the label column or without; - for standard input")
    .addOption(
      single(
        "--row <number>",
        "which row of the data, counted from 1",
        wholeNumber("--row"),
      ).makeOptionMandatory(),
    )
    .addOption(expectSha256())
    .option("--json", "print one JSON document instead of text")
    .action(async (model: string, data: string, options) => {
      const { explain } = await import("./explain.ts");
      await explain(io, { model, data, ...options });
    });
  examples(explain, [["pullone explain runs/tumor-1/model.safetensors new.csv --row 3", "the third row"]]);

  const check = program
    .command("check")
    .summary("prove the arithmetic and audit the data of a run")
    .description(
      "Checks gradients, losses and the data of a run, and that no test row leaves a trace in the model.",
    )
    .usage("<config.jsonc | data.csv> [options]")
    .argument("<input>", "a configuration, or a CSV file together with --label")
    .addOption(single("--label <column>", "the column to predict, when the input is a CSV file"))
    .addOption(setting())
    .addOption(single("--seed <number>", "the seed of everything random", wholeNumber("--seed")))
    .option("--json", "print one JSON document instead of text")
    .action(async (input: string, options) => {
      const { check } = await import("./check.ts");
      ending.code = await check(io, { input, ...options });
    });
  examples(check, [["pullone check configs/tumor.jsonc", "exit code 79 when a check fails"]]);

  const compare = program
    .command("compare")
    .summary("say which of two models is better, or that the rows cannot tell")
    .description(
      "Compares two models on the same rows: those of a CSV file that trained neither, or the test rows of both runs.",
    )
    .usage("<model-a> <model-b> [data.csv | -] [options]")
    .argument("<model-a>", "a model.safetensors")
    .argument("<model-b>", "another one, of the same classes")
    .argument("[data]", "a CSV file with the label column, or - for standard input")
    .option("--json", "print one JSON document instead of text")
    .action(async (a: string, b: string, data: string | undefined, options) => {
      const { compare } = await import("./compare.ts");
      await compare(io, { a, b, data, ...options });
    });
  examples(compare, [
    [
      "pullone compare runs/wide/model.safetensors runs/narrow/model.safetensors",
      "the test rows of both runs",
    ],
    ["pullone compare runs/wide/model.safetensors runs/narrow/model.safetensors later.csv", "other rows"],
  ]);

  const experiment = program
    .command("experiment")
    .summary("compare variants over seeds and folds")
    .description(
      "Trains every variant with every seed on every fold, and says which differences are more than luck.",
    )
    .usage("<experiment.jsonc> [options]")
    .argument("<input>", "an experiment: a base configuration, variants, seeds and folds")
    .addOption(repeated("--set <key=value>", "set one field of the experiment, such as folds.repeats=2"))
    .addOption(single("--out <folder>", "the folder of the experiment (default: runs/<name>)"))
    .addOption(
      single(
        "--jobs <number>",
        "runs at the same time (default: as many as there are cores)",
        wholeNumber("--jobs"),
      ),
    )
    .option("--force", "replace what the folder holds of another experiment, configuration or data")
    .option("--json", "print one JSON document instead of text")
    .option("--quiet", "print neither progress nor a report")
    .action(async (input: string, options) => {
      const { experiment } = await import("./experiment.ts");
      ending.code = await experiment(io, { input, ...options });
    });
  examples(experiment, [
    ["pullone experiment configs/digits-widths.jsonc", "started again, it goes on where it was"],
    ["pullone experiment configs/digits-widths.jsonc --set seeds=5 --out runs/more", "with changes"],
  ]);
}
