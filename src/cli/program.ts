// The command line: which commands and options there are, and what is refused before any of them begins.

import { Command, CommanderError } from "commander";
import { PulloneError, quote } from "../errors.ts";
import { share, wholeNumber } from "./arguments.ts";
import type { Io } from "./io.ts";
import { describeLaboratory } from "./laboratory.ts";
import { examples, wordsOf } from "./options.ts";
import { reportFailure } from "./reporter.ts";

/**
 * Runs one command to its end and returns the exit code. Everything it needs of the world is in `io`; it never ends
 * the process itself.
 *
 * @param argv the arguments after the name of the program
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const spoken: Spoken = { out: "", err: "", code: 0 };
  const program = describeProgram(io, spoken);
  try {
    for (const command of program.commands)
      if (argv[0] === command.name()) assertValues(command, argv.slice(1));
    await program.parseAsync([...argv], { from: "user" });
    return spoken.code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportFailure(io, error, wantsJson(argv));
    try {
      await io.out.write(spoken.out);
    } catch (failure) {
      return reportFailure(io, failure, false);
    }
    if (error.exitCode === 0) return 0;
    // Without a command the answer is the help itself, as an error.
    if (error.code !== "commander.help") {
      const { refusalOf } = await import("./refusal.ts");
      const names = program.commands.map((command) => command.name());
      return reportFailure(io, refusalOf(error, argv, names), wantsJson(argv));
    }
    await io.err.write(spoken.err).catch(() => {});
    return 64;
  }
}

/** What commander would have printed, and what the command that ran ended with. */
export interface Spoken {
  out: string;
  err: string;
  code: number;
}

function describeProgram(io: Io, spoken: Spoken): Command {
  const program = new Command("pullone")
    .description(
      "Trains a classifier on a CSV file, judges it on rows it has not seen, and predicts with it.",
    )
    .version(io.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` })
    .configureOutput({
      writeOut: (text) => {
        spoken.out += text;
      },
      writeErr: (text) => {
        spoken.err += text;
      },
      outputError: () => {},
      getOutHelpWidth: () => Math.min(io.out.columns, 100),
      getErrHelpWidth: () => Math.min(io.err.columns, 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  const { single, repeated, setting, threshold, costs, expectSha256 } = wordsOf(program);
  examples(program, [
    ["pullone train patients.csv --label diagnosis", "train, and see how good it is"],
    ["pullone predict runs/patients-1/model.safetensors new.csv", "predict rows without a label"],
    ["pullone inspect patients.csv --label diagnosis", "see what is in the columns"],
  ]);

  const train = program
    .command("train")
    .summary("train a classifier and say how good it is")
    .description("Trains on a part of the rows, chooses the best epoch on another, and judges on the rest.")
    .usage("<config.jsonc | data.csv> [options]")
    .argument("<input>", "a configuration, or a CSV file together with --label")
    .addOption(single("--label <column>", "the column to predict, when the input is a CSV file"))
    .addOption(setting())
    .addOption(single("--seed <number>", "the seed of everything random", wholeNumber("--seed")))
    .addOption(single("--name <name>", "the name of the run"))
    .addOption(single("--out <folder>", "the folder of the run (default: runs/<name>-<seed>)"))
    .option("--force", "replace a run that is there, and begin an interrupted one anew")
    .option("--resume", "go on with an interrupted run, to the same bytes; with none, begin")
    .addOption(single("--checkpoint-every <when>", "30s, 5m, a number of epochs, or never (default: 30s)"))
    .option("--print-config", "print the complete configuration, and train nothing")
    .option("--json", "print one JSON document instead of text")
    .option("--quiet", "print neither progress nor a report")
    .action(async (input: string, options) => {
      const { train } = await import("./train.ts");
      spoken.code = await train(io, { input, ...options });
    });
  examples(train, [
    ["pullone train patients.csv --label diagnosis", "no configuration needed"],
    ["pullone train configs/tumor.jsonc", "all that is said in a configuration"],
    ["pullone train configs/tumor.jsonc --seed 7 --set train.epochs=50", "with changes"],
    ["pullone train configs/tumor.jsonc --resume", "go on after Ctrl-C, a crash or a power cut"],
  ]);

  const evaluate = program
    .command("evaluate")
    .summary("judge a model on labelled rows")
    .description("Judges a model on a CSV file with labels, or again on the test rows of its own run.")
    .usage("<model> [data.csv | -] [options]")
    .argument("<model>", "a model.safetensors")
    .argument("[data]", "a CSV file with the label column, or - for standard input")
    .addOption(threshold())
    .addOption(costs())
    .addOption(
      single("--require <list>", "limits to hold, such as accuracy=0.95,logLoss=0.1; exit code 79 if not"),
    )
    .addOption(expectSha256())
    .option("--json", "print one JSON document instead of text")
    .action(async (model: string, data: string | undefined, options) => {
      const { evaluate } = await import("./evaluate.ts");
      spoken.code = await evaluate(io, { model, data, ...options });
    });
  examples(evaluate, [
    ["pullone evaluate runs/tumor-1/model.safetensors", "the test rows of its run"],
    ["pullone evaluate runs/tumor-1/model.safetensors later.csv", "rows that came later"],
    ["pullone evaluate runs/tumor-1/model.safetensors --require accuracy=0.95,logLoss=0.1", "in a pipeline"],
  ]);

  const predict = program
    .command("predict")
    .summary("predict the class of each row")
    .description("Writes the predicted class and one probability a class for every row, in their order.")
    .usage("<model> [data.csv | -] [options]")
    .argument("<model>", "a model.safetensors")
    .argument("[data]", "a CSV file; - or nothing for standard input")
    .addOption(single("--format <format>", "csv or jsonl (default: csv)"))
    .addOption(repeated("--keep <column>", "copy a column of the input"))
    .option("--logits", "add the logits")
    .addOption(threshold())
    .addOption(costs())
    .addOption(
      single("--abstain-below <p>", "give no answer that is less probable", share("--abstain-below")),
    )
    .option("--safe-csv", "put ' before text that a spreadsheet would take for a formula")
    .addOption(single("--output <file>", "write a file, whole or not at all"))
    .option("--no-clobber", "refuse an output that is there")
    .addOption(expectSha256())
    .option("--quiet", "do not say what was written")
    .action(async (model: string, data: string | undefined, options) => {
      const { predict } = await import("./predict.ts");
      await predict(io, { model, data: data ?? "-", ...options });
    });
  examples(predict, [
    ["pullone predict runs/tumor-1/model.safetensors new.csv > answers.csv", "CSV to CSV"],
    ["pullone predict runs/tumor-1/model.safetensors new.csv --keep id --format jsonl", "JSON lines"],
    ["cat new.csv | pullone predict runs/tumor-1/model.safetensors -", "through a pipe"],
  ]);

  const inspect = program
    .command("inspect")
    .summary("show the columns of a CSV file, or what a model holds")
    .description("Shows what each column would be used as and why, or everything that a model holds.")
    .usage("<data.csv | model> [options]")
    .argument("<input>", "a CSV file or a model.safetensors")
    .addOption(single("--label <column>", "the column to predict"))
    .addOption(setting())
    .addOption(expectSha256())
    .option("--json", "print one JSON document instead of text")
    .action(async (input: string, options) => {
      const { inspect } = await import("./inspect.ts");
      await inspect(io, { input, ...options });
    });
  examples(inspect, [
    ["pullone inspect patients.csv --label diagnosis", "kinds, ranges, remarks"],
    ["pullone inspect runs/tumor-1/model.safetensors", "layers, columns, classes, figures"],
  ]);

  const init = program
    .command("init")
    .summary("write a configuration to edit")
    .description("Writes a commented configuration with the columns of a CSV file.")
    .usage("<data.csv> --label <column> [options]")
    .argument("<data>", "a CSV file")
    .addOption(single("--label <column>", "the column to predict").makeOptionMandatory())
    .addOption(setting())
    .addOption(single("--output <file>", "where to write it (default: <data>.jsonc)"))
    .option("--force", "replace a file that is there")
    .action(async (data: string, options) => {
      const { init } = await import("./init.ts");
      await init(io, { data, ...options });
    });
  examples(init, [["pullone init patients.csv --label diagnosis", "writes patients.jsonc"]]);
  describeLaboratory(program, io, spoken);
  return program;
}

/** Refuses `--label --json`: the value was forgotten, and the next option would be taken for it. */
function assertValues(command: Command, argv: readonly string[]): void {
  for (let i = 0; i < argv.length && argv[i] !== "--"; i++) {
    const option = command.options.find(({ long, short }) => argv[i] === long || argv[i] === short);
    if (!option?.required) continue;
    const value = argv[++i];
    if (value?.startsWith("--")) {
      throw new PulloneError(
        "usage_invalid",
        `${option.long}: expected a value, got the option ${quote(value)}`,
        `a value that begins with dashes is written ${option.long}=${value}`,
      );
    }
  }
}

function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end < 0 ? argv : argv.slice(0, end)).includes("--json");
}
