// What a model file could not hold is refused before anything is trained.

import { describe, expect, test } from "vitest";
import { assertRoom } from "../../src/artifact/room.ts";
import type { Feature } from "../../src/data/encoder.ts";
import { memoryDisk, runIn } from "../cli/memory.ts";
import { allFeatures, exampleClassifier, exampleConfig } from "./example.ts";

/** 60 columns of categories whose names have so many characters all together. */
function encoderOf(characters: number, letter = "x") {
  const length = Math.round(characters / 6_000) - 4;
  const categories = Array.from(
    { length: 100 },
    (_, i) => `${String(i).padStart(4, "0")}${letter.repeat(length)}`,
  );
  const features = Array.from(
    { length: 60 },
    (_, i): Feature => ({
      kind: "categorical",
      column: `c${i}`,
      unseen: "ignore",
      categories,
      missingRows: 0,
      unseenRows: 0,
    }),
  );
  return { missingValues: [""], features };
}
const labels = { column: "y", classes: ["a", "b"] };

describe("the names of columns, categories and classes", () => {
  test("of an ordinary model have room, and so have seven million characters", () => {
    const { encoder } = exampleClassifier({ features: allFeatures });
    expect(() => assertRoom(exampleConfig, encoder, labels, "t.csv")).not.toThrow();
    expect(() => assertRoom(exampleConfig, encoderOf(7e6), labels, "t.csv")).not.toThrow();
  });

  test("leave the knots of a scaling out, which stand in a tensor", () => {
    const knots = Array.from({ length: 500_000 }, (_, i) => i / 3);
    const features = allFeatures.map((feature) =>
      feature.kind === "numeric" ? { ...feature, knots } : feature,
    );
    expect(() => assertRoom(exampleConfig, { missingValues: [""], features }, labels, "t.csv")).not.toThrow();
  });

  test("have room to the last byte, and not one byte more", () => {
    const message = (characters: number) => {
      try {
        assertRoom(exampleConfig, encoderOf(7e6), { ...labels, column: "y".repeat(characters) }, "t.csv");
        return "room";
      } catch (error) {
        return (error as Error).message;
      }
    };
    const [most, got] = /at most (\d+) bytes, got (\d+)$/.exec(message(3e6))!.slice(1).map(Number);
    const last = 3e6 - (got! - most!);
    expect(message(last)).toBe("room");
    expect(message(last + 1)).toMatch(new RegExp(`at most ${most} bytes, got ${most! + 1}$`));
  });

  test.each([
    ["nine million", 9e6, "x"],
    ["five million of two bytes", 5e6, "é"],
    ["three million quotes, which are written with three backslashes", 3e6, '"'],
  ])("%s are refused", (_, characters, letter) => {
    expect(() => assertRoom(exampleConfig, encoderOf(characters, letter), labels, "t.csv")).toThrow(
      /^t\.csv: expected names of columns, categories and classes that fit into a model file, at most \d+ bytes, got \d+$/,
    );
  });
});

test("slow: train refuses such a table before the first epoch, with exit code 65", async () => {
  const width = 50;
  const cell = (row: number, column: number) => `${row}-${column}-${"x".repeat(900)}`;
  const header = ["y", ...Array.from({ length: width }, (_, c) => `c${c}`)].join();
  const row = (r: number) =>
    [r % 2 ? "a" : "b", ...Array.from({ length: width }, (_, c) => cell(r >> 1, c))].join();
  const disk = memoryDisk({ "t.csv": [header, ...Array.from({ length: 500 }, (_, r) => row(r))].join("\n") });
  const kinds = Array.from({ length: width }, (_, c) => `"c${c}":{"kind":"categorical"}`);
  const argv = [
    "train",
    "t.csv",
    "--label",
    "y",
    "--set",
    `data.columns={${kinds}}`,
    "--set",
    "train.epochs=1",
  ];
  const { code, out, err } = await runIn([...argv, "--quiet"], { disk });
  expect({ code, out }, err).toEqual({ code: 65, out: "" });
  expect(err).toContain(
    "t.csv: expected names of columns, categories and classes that fit into a model file",
  );
  expect(disk.list()).toEqual(["t.csv"]);
});
