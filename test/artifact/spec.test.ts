// Specs that say something else, contradict themselves, or are written otherwise, behind a mended checksum.

import { describe, expect, test } from "vitest";
import { saveClassifier } from "../../src/artifact.ts";
import { opened, parsed, refuseAll, verdict, withMetadata, withSpec, wrongValues } from "./changed.ts";
import { close, editSpec, type LooseJson, open } from "./container.ts";
import { exampleClassifier } from "./example.ts";

const spec: LooseJson = JSON.parse(parsed.__metadata__.spec);

describe("the spec", () => {
  /** Every place of the spec outside the configuration, as a path. */
  const places: (readonly (string | number)[])[] = [];
  (function walk(value: LooseJson, path: readonly (string | number)[]): void {
    if (path[0] === "config" && path.length > 1) return;
    if (path.length > 0) places.push(path);
    if (typeof value !== "object" || value === null) return;
    for (const key of Object.keys(value))
      walk(value[key], [...path, Array.isArray(value) ? Number(key) : key]);
  })(spec, []);

  const parentOf = (root: LooseJson, path: readonly (string | number)[]) =>
    path.slice(0, -1).reduce((value: LooseJson, key) => value[key], root);
  /** Free texts and measurements: another value of the same type is another, valid model. */
  const isFree = (path: readonly (string | number)[], value: LooseJson) => {
    const name = path.join(".");
    if (typeof value === "string")
      return /^(labels|encoder\.missingValues|encoder\.features\.\d+\.(column|categories))/.test(name);
    if (typeof value === "number")
      return /^(record|encoder\.features\.\d+\.(missing|unseen)Rows)|alpha$/.test(name);
    if (Array.isArray(value)) return name === "encoder.missingValues" && value.length === 0;
    return value === null && /^record\.metrics\.(validation|\w+\.rocAuc)$/.test(name);
  };

  test.each(Object.keys(spec))(
    "a value of another type or out of range is refused everywhere in %s",
    (top) => {
      for (const path of places.filter(([first]) => first === top)) {
        const key = path.at(-1)!;
        const current = JSON.stringify(parentOf(spec, path)[key]);
        const others = wrongValues.filter(
          (value) => JSON.stringify(value) !== current && !isFree(path, value),
        );
        refuseAll(
          others.map((value) => [
            `${path.join(".")} = ${JSON.stringify(value)}`,
            editSpec(opened, (s) => (parentOf(s, path)[key] = value)),
          ]),
        );
      }
    },
  );

  test("a missing, renamed, doubled or additional key is refused at every place", () => {
    const named = places.filter((path) => typeof path.at(-1) === "string");
    for (const path of named) {
      const key = path.at(-1)!;
      const edits: readonly ((parent: LooseJson) => void)[] = [
        (parent) => delete parent[key],
        (parent) => {
          parent[`${key}2`] = parent[key];
          delete parent[key];
        },
        (parent) => (parent.path = "../../etc/passwd"),
        (parent) => (parent.toString = "x"),
        (parent) => (parent.constructor = "x"),
      ];
      refuseAll(
        edits.map((edit, i) => [`${path.join(".")} ${i}`, editSpec(opened, (s) => edit(parentOf(s, path)))]),
      );
    }
    for (const key of Object.keys(spec)) {
      const doubled = `{${JSON.stringify(key)}:${JSON.stringify(spec[key])},${parsed.__metadata__.spec.slice(1)}`;
      expect(withMetadata((m) => (m.spec = doubled))).toMatch(/every key once/);
    }
  });

  test.each([
    [
      "a repeated column",
      (s: LooseJson) => (s.encoder.features[1].column = "q"),
      /encoder\.features: expected each column once/,
    ],
    [
      "the label among the features",
      (s: LooseJson) => (s.labels.column = "q"),
      /no label among them, got "q"/,
    ],
    [
      "a repeated class",
      (s: LooseJson) => (s.labels.classes = ["a", "a"]),
      /two or more, all different, got \["a","a"\]/,
    ],
    [
      "one class",
      (s: LooseJson) => s.labels.classes.pop(),
      /labels\.classes: expected two or more, all different, got \["cat"\]/,
    ],
    [
      "one class more",
      (s: LooseJson) => s.labels.classes.push("z"),
      /network\.classes: expected 3, the number of class names, got 2/,
    ],
    ["unsorted categories", (s: LooseJson) => s.encoder.features[3].categories.reverse(), /code-point order/],
    [
      "repeated categories",
      (s: LooseJson) => (s.encoder.features[6].categories = ["b", "b"]),
      /code-point order/,
    ],
    [
      "one category fewer",
      (s: LooseJson) => s.encoder.features[3].categories.pop(),
      /network\.inputs: expected 14, .* got 15/,
    ],
    [
      "knots without a use",
      (s: LooseJson) => (s.encoder.features[0].knots = 2),
      /no knots with scaling "standard", got 2/,
    ],
    [
      "no knots to use",
      (s: LooseJson) => (s.encoder.features[2].knots = 0),
      /expected knots with scaling "quantile_normal", got 0/,
    ],
    [
      "other knots",
      (s: LooseJson) => (s.encoder.features[2].knots = 2 ** 52),
      /got "numeric\.knots" F64 \[5\]/,
    ],
    ["no feature", (s: LooseJson) => (s.encoder.features = []), /at least one, got none/],
    [
      "an epoch that never was",
      (s: LooseJson) => (s.record.bestEpoch = 41),
      /bestEpoch: expected at most 40, got 41/,
    ],
    [
      "10^12 units",
      (s: LooseJson) => (s.network.hidden[0].units = 1e12),
      /F32 \[15, 1000000000000\], got "layer\.1\.weights" F32 \[15, 3\]/,
    ],
    [
      "a newer arithmetic",
      (s: LooseJson) => (s.arithmetic_version = 2),
      /spec\.arithmetic_version: expected 1, got 2/,
    ],
    [
      "a key that would write on the terminal",
      (s: LooseJson) => (s.network["\u001b[31m x"] = 1),
      /^m: spec\.network\."\\u\{1b\}\[31m x": expected no such key, got one$/,
    ],
    ["code", (s: LooseJson) => (s.custom_layer = "function(){}"), /spec\.custom_layer: expected no such key/],
    [
      "keys in another order",
      (s: LooseJson) => {
        const { precision } = s;
        delete s.precision;
        s.precision = precision;
      },
      /^m: spec: expected the one way this format is written, got another$/,
    ],
    ["a folder", (s: LooseJson) => (s.config.data.file = "../x.csv"), /^m: spec: expected the one way/],
    [
      "an incomplete configuration",
      (s: LooseJson) => delete s.config.train.epochs,
      /^m: spec: expected the one way/,
    ],
    [
      "a strange configuration",
      (s: LooseJson) => (s.config.train.path = "x"),
      /^m: spec\.config\.train\.path: expected no such key, got one$/,
    ],
    [
      "an impossible configuration",
      (s: LooseJson) => (s.config.split.test = 0.9),
      /^m: spec\.config split\.validation: expected /,
    ],
  ])("%s is refused", (_what, edit, message) => {
    expect(withSpec(edit)).toMatch(message);
  });

  test("a sigmoid head for three classes is refused", () => {
    const three = open(saveClassifier(exampleClassifier({ classes: ["a", "b", "c"] })));
    const text = editSpec(three, (s) => (s.network.head = "sigmoid"));
    expect(verdict(close(text, three.data))).toMatch(
      /network\.head: expected "softmax" for 3 classes, got "sigmoid"$/,
    );
  });

  test("what is no JSON, has __proto__ in it, or other blanks is refused", () => {
    const { spec: text } = parsed.__metadata__;
    for (const bad of [
      "",
      "{",
      "null",
      "[]",
      `${text} `,
      text.replace(":", ": "),
      text.replace('"kind":"gelu"', '"kind":"gelu" '),
    ]) {
      expect(withMetadata((m) => (m.spec = bad))).toMatch(/^m: spec/);
    }
    expect(withMetadata((m) => (m.spec = text.replace("{", '{"__proto__":{"polluted":true},')))).toMatch(
      /an ordinary key/,
    );
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  test.each([
    ["padding", (s: LooseJson) => (s.pad = "x".repeat(1e6))],
    ["layers", (s: LooseJson) => (s.network.hidden = repeat(s.network.hidden[0]))],
    ["classes", (s: LooseJson) => (s.labels.classes = repeat("a"))],
    ["features", (s: LooseJson) => (s.encoder.features = repeat(s.encoder.features[3]))],
    ["settings", (s: LooseJson) => (s.config.data.missingValues = repeat(0))],
  ])("a megabyte of %s is refused", (_what, edit) => {
    expect(withSpec(edit)).toMatch(/^m: /);
  });
});

/** A megabyte of it. */
function repeat<T>(item: T): T[] {
  return Array.from({ length: 1e6 / JSON.stringify(item).length }, () => item);
}
