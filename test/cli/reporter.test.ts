import { styleText } from "node:util";
import { describe, expect, test } from "vitest";
import { exitCodeAfter, exitCodeOf } from "../../src/cli/exit.ts";
import { createProgress } from "../../src/cli/progress.ts";
import { paintFor, reportFailure, warn } from "../../src/cli/reporter.ts";
import { PulloneError } from "../../src/errors.ts";
import { memoryWorld } from "./memory.ts";

describe("reportFailure", () => {
  test("prints the error and one hint on the error output and nothing on the other", async () => {
    const { io, spoken } = memoryWorld();
    const error = new PulloneError(
      "data_invalid",
      'a.csv:17: expected a number, got "n/a"',
      "declare it categorical",
    );
    expect(await reportFailure(io, error, false)).toBe(65);
    expect(spoken).toEqual({
      out: "",
      err: 'error: a.csv:17: expected a number, got "n/a"\nhint:  declare the column categorical\n'.replace(
        "the column",
        "it",
      ),
    });
  });

  test("with --json the same is one document on the standard output", async () => {
    const { io, spoken } = memoryWorld();
    expect(await reportFailure(io, new PulloneError("config_invalid", "c.jsonc:1:1: x"), true)).toBe(78);
    expect(spoken).toEqual({
      out: '{"error":{"code":"config_invalid","message":"c.jsonc:1:1: x"}}\n',
      err: "",
    });
  });

  test("control characters and direction marks never reach the terminal, and no message is longer than 1000", async () => {
    const { io, spoken } = memoryWorld();
    const error = new PulloneError(
      "data_invalid",
      `a\u001b[31m\u0007\u202e\n${"x".repeat(5000)}`,
      "y".repeat(5000),
    );
    await reportFailure(io, error, false);
    expect(spoken.err).toContain("a\\u{1b}[31m\\u{7}\\u{202e}\\nxxx");
    expect(spoken.err.length).toBeLessThanOrEqual(1000);
    expect(spoken.err.trimEnd().split("\n")).toHaveLength(2);
  });

  test("what nobody foresaw is our bug: exit 70, one line, the stack only with DEBUG", async () => {
    const quiet = memoryWorld();
    expect(await reportFailure(quiet.io, new TypeError("x is not a function"), false)).toBe(70);
    expect(quiet.spoken.err).toMatchInlineSnapshot(`
      "error: internal error: TypeError: x is not a function
      hint:  this is a bug: please report it with the command and a small file; DEBUG=1 shows where it happened
      "
    `);
    const loud = memoryWorld({ env: { DEBUG: "1" } });
    await reportFailure(loud.io, new TypeError("x is not a function"), false);
    expect(loud.spoken.err).toContain("    at ");
  });

  test("a call of the system that fails is no bug of ours: exit 74, and its path", async () => {
    const { io, spoken } = memoryWorld();
    const told = { code: "EIO", syscall: "unlink", path: "runs/a-1.lock" };
    expect(await reportFailure(io, Object.assign(new Error("EIO: i/o error"), told), false)).toBe(74);
    expect(spoken.err).toBe(
      'error: runs/a-1.lock: expected "unlink" of the system to work there, but the disk reports an error\n',
    );
  });

  test("a reader that went away is no failure, a full disk behind the output is one", async () => {
    const { io, spoken } = memoryWorld();
    const failing = (code: string) => Object.assign(new Error(`write ${code}`), { code, syscall: "write" });
    expect(await reportFailure(io, failing("EPIPE"), false)).toBe(0);
    expect(spoken.err).toBe("");
    expect(await reportFailure(io, failing("ENOSPC"), false)).toBe(74);
    expect(spoken.err).toBe("error: standard output: expected to write it whole, but the disk is full\n");
  });

  test.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends with %d", async (signal, code) => {
    const { io, ending, spoken } = memoryWorld();
    ending.abort(signal);
    expect(await reportFailure(io, io.signal.reason, false)).toBe(code);
    expect(exitCodeAfter(signal)).toBe(code);
    expect(spoken.err).toBe(`stopped by ${signal}; nothing was written\n`);
  });

  test("every error code has the exit code of the table", () => {
    const codes = [
      "usage_invalid",
      "data_invalid",
      "input_unreadable",
      "internal",
      "output_uncreatable",
      "io_failed",
      "busy",
      "model_invalid",
      "config_invalid",
      "quality_missed",
      "training_diverged",
    ] as const;
    expect(codes.map(exitCodeOf)).toEqual([64, 65, 66, 70, 73, 74, 75, 76, 78, 79, 80]);
  });
});

describe("colour", () => {
  const painted = (terminal: boolean, env: Record<string, string>) => {
    const { io } = memoryWorld({ terminal, env });
    return paintFor(io.err, io.env)("red", "x") !== "x";
  };

  test("is for terminals that want it: not for pipes, NO_COLOR or TERM=dumb", () => {
    expect(painted(true, {})).toBe(true);
    expect(painted(false, {})).toBe(false);
    expect(painted(true, { NO_COLOR: "1" })).toBe(false);
    expect(painted(true, { NO_COLOR: "" })).toBe(true);
    expect(painted(true, { TERM: "dumb" })).toBe(false);
  });

  test("a warning is one escaped line on the error output", async () => {
    const { io, spoken } = memoryWorld();
    await warn(io, "class \u001b]0;x\u0007 has one row");
    expect(spoken).toEqual({ out: "", err: "warning: class \\u{1b}]0;x\\u{7} has one row\n" });
  });
});

describe("progress", () => {
  const train = async (options: Parameters<typeof memoryWorld>[0], epochs: number, ran: number) => {
    let time = 0;
    const { io, spoken } = memoryWorld({ ...options, now: () => time });
    const progress = createProgress(io);
    for (let epoch = 1; epoch <= ran; epoch++) {
      time += 50;
      const validationLoss = Math.abs(epoch - 30) / 100 + 0.1;
      await progress.report({
        epoch,
        epochs,
        trainLoss: 1 / epoch,
        validationLoss,
        bestEpoch: Math.min(epoch, 30),
      });
    }
    await progress.finish();
    return spoken;
  };

  test("away from a terminal is a dozen plain lines, the last epoch among them", async () => {
    const spoken = await train({}, 200, 73);
    expect(spoken.out).toBe("");
    expect(spoken.err).toMatchInlineSnapshot(`
      "epoch   1/200  loss 1.0000  validation 0.3900
      epoch   2/200  loss 0.5000  validation 0.3800
      epoch   5/200  loss 0.2000  validation 0.3500
      epoch  10/200  loss 0.1000  validation 0.3000
      epoch  20/200  loss 0.0500  validation 0.2000
      epoch  50/200  loss 0.0200  validation 0.3000  best 0.1000 at 30
      epoch  73/200  loss 0.0137  validation 0.5300  best 0.1000 at 30
      "
    `);
  });

  test("on a terminal is one line, cleared and redrawn, cut to the width", async () => {
    const spoken = await train({ terminal: true, columns: 60 }, 200, 73);
    const dim = styleText("dim", "|", { validateStream: false }).split("|");
    const plain = dim.reduce((text, code) => text.replaceAll(code, ""), spoken.err);
    const frames = plain.split("\r\u001b[2K").slice(1);
    expect(frames.length).toBeGreaterThan(20);
    expect(frames.slice(0, -1).every((frame) => frame.length < 60 && !frame.includes("\n"))).toBe(true);
    expect(frames[10]).toMatchInlineSnapshot(`"epoch  21/200  loss 0.0476  validation 0.1900  < 9.0 s left"`);
    expect(frames.at(-1)).toMatchInlineSnapshot(`
      "epoch  73/200  loss 0.0137  validation 0.5300  best 0.1000 at 30
      "
    `);
  });

  test.each([{ TERM: "dumb" }, { NO_COLOR: "1" }, { CI: "true", NO_COLOR: "1" }])(
    "%j gets plain lines and no cursor movement",
    async (env) => {
      const plain = await train({ env }, 10, 10);
      expect(await train({ terminal: true, env }, 10, 10)).toEqual(plain);
      for (const code of ["\u001b", "\r"]) expect(plain.err).not.toContain(code);
    },
  );
});
