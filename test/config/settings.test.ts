// Default < file < --set, and the messages about settings.
import { describe, expect, test } from "vitest";
import { resolveRunConfig } from "../../src/config.ts";
import { complaintAbout, documentWith, thrownBy } from "./complaint.ts";

const settled = (document: object, ...settings: string[]) =>
  resolveRunConfig(JSON.stringify(document), settings, "c.jsonc");

describe("order", () => {
  test("a setting wins over the file, the file over the default", () => {
    const file = documentWith({ train: { epochs: 10, batchSize: 8 } });
    expect(settled(file, "train.epochs=20").train).toMatchObject({
      epochs: 20,
      batchSize: 8,
      learningRate: 0.01,
    });
  });
  test("of two settings of one key the last wins", () => {
    expect(settled(documentWith({}), "seed=2", "seed=3").seed).toBe(3);
  });
  test("a setting makes the objects on its way, also where the file has null", () => {
    const file = documentWith({ train: { earlyStopping: null } });
    expect(settled(file, "train.earlyStopping.patience=3").train.earlyStopping).toMatchObject({
      patience: 3,
    });
  });
  test("a document may be an object of a program; undefined keys count as absent", () => {
    const document = { data: { label: "y", file: undefined }, model: { hidden: [4] } };
    const config = resolveRunConfig(document, ["model.hidden=[5]"], "options");
    expect(config.model.hidden).toEqual([5]);
    expect(config.data).not.toHaveProperty("file");
    expect(document.model.hidden).toEqual([4]);
  });
});

describe("values are JSON, or plain text", () => {
  test.each<[string, object]>([
    ["data.label=diagnosis", { data: { label: "diagnosis" } }],
    ["data.label=1", { data: { label: "1" } }],
    ["data.label=true", { data: { label: "true" } }],
    ['data.label="a b"', { data: { label: "a b" } }],
    ["data.label=a=b", { data: { label: "a=b" } }],
    ["train.optimizer=adam", { train: { optimizer: "adam" } }],
    ["model.hidden=[64, 32]", { model: { hidden: [64, 32] } }],
    ["model.activation=tanh", { model: { activation: "tanh" } }],
    ['model.activation=["tanh"]', { model: { activation: ["tanh"] } }],
    ["train.earlyStopping=null", { train: { earlyStopping: null } }],
    ["train.nesterov=true", { train: { nesterov: true } }],
    ["train.classWeights.b=2", { train: { classWeights: { b: 2 } } }],
    ['split={"kind":"folds","folds":10,"fold":2,}', { split: { kind: "folds", folds: 10, fold: 2 } }],
    ["data.columns.age.kind=categorical", { data: { columns: { age: { kind: "categorical" } } } }],
    ['data.columns."a.b=c".kind=ignored', { data: { columns: { "a.b=c": { kind: "ignored" } } } }],
    ["data.columns.mean radius.scaling=none", { data: { columns: { "mean radius": { scaling: "none" } } } }],
  ])("%s", (setting, expected) => {
    expect(settled(documentWith({}), setting)).toMatchObject(expected);
  });
});

describe("another kind forgets the keys of the file that go with the old one", () => {
  test("the momentum and the learning rate of sgd are none for adam; what both know stays", () => {
    const file = documentWith({
      train: { optimizer: "sgd", learningRate: 0.2, momentum: 0.5, l2: 0.3, epochs: 7 },
    });
    const { train } = settled(file, "train.optimizer=adam");
    expect(train).toMatchObject({ optimizer: "adam", learningRate: 0.001, l2: 0.3, epochs: 7 });
    expect(settled(file, "train.optimizer=adam", "train.learningRate=0.2").train.learningRate).toBe(0.2);
    expect(settled(file, "train.optimizer=sgd").train).toMatchObject({ learningRate: 0.2, momentum: 0.5 });
  });
  test("the shares of a stratified split are no files", () => {
    const file = documentWith({ split: { validation: 0.1, test: 0.3 } });
    expect(settled(file, "split.kind=files", "split.validation=v.csv").split).toEqual({
      kind: "files",
      validation: "v.csv",
    });
    expect(settled(file, "split.kind=folds").split).toEqual({
      kind: "folds",
      folds: 5,
      fold: 1,
      validation: 0.1,
    });
  });
  test("what a setting brought is never forgotten in silence", () => {
    expect(complaintAbout(documentWith({}), ["train.optimizer=adam", "train.momentum=0.5"])).toEqual({
      code: "config_invalid",
      message: '--set train.momentum: expected a key of train, got "momentum"',
      hint: '"momentum" goes with train.optimizer "sgd"',
    });
  });
});

describe("messages name the setting", () => {
  test("or the option that stands for it", () => {
    const option = (text: string) => ({ path: ["name"], text, option: "--name" });
    const last = (settings: Parameters<typeof resolveRunConfig>[1]) => () =>
      resolveRunConfig(documentWith({}), settings, "c.jsonc");
    expect(last([option("iris")])().name).toBe("iris");
    expect(last(["name=a/b", option("iris")])().name).toBe("iris");
    expect(last(["name=iris", option("a/b")])).toThrow(/^--name: expected a name of 1 to 64 .*, got "a\/b"$/);
    expect(last([option("iris"), "name=a/b"])).toThrow(
      /^--set name: expected a name of 1 to 64 .*, got "a\/b"$/,
    );
  });

  test.each<[string, string, string?]>([
    [
      "train.learningRate=fast",
      '--set train.learningRate: expected a number above 0 and at most 1000, got "fast"',
    ],
    ["train.epochs=0", "--set train.epochs: expected a whole number from 1 to 1000000, got 0"],
    ["train.epochs=1e999", '--set train.epochs: expected a whole number from 1 to 1000000, got "1e999"'],
    ["train.epochs=12abc", '--set train.epochs: expected a whole number from 1 to 1000000, got "12abc"'],
    ["train.epochs=", '--set train.epochs: expected a whole number from 1 to 1000000, got ""'],
    [
      "seed=9007199254740993",
      "--set seed: expected a whole number from 0 to 9007199254740991, got 9007199254740993",
    ],
    [
      "trian.epochs=5",
      '--set trian.epochs: expected a key of the configuration, got "trian"',
      'did you mean "train"?',
    ],
    [
      "epochs=5",
      '--set epochs: expected a key of the configuration, got "epochs"',
      '"epochs" belongs to train',
    ],
    ["train.__proto__.x=5", '--set train.__proto__.x: expected a key of the configuration, got "__proto__"'],
    [
      "model.hidden.0=5",
      '--set model.hidden.0: expected a list of at most 64 whole numbers from 1 to 65536, got {"0":"5"}',
    ],
    [
      "model.hidden=[3,",
      "--set model.hidden:1:4: expected a value: text in double quotes, a number, true, false, null, a list or an object, got the end of the file",
    ],
    [
      "model.alpha=1",
      '--set model.alpha: expected alpha only with "leaky_relu" or "elu", got alpha with "silu"',
    ],
  ])("%s", (setting, message, hint) => {
    const complaint = complaintAbout(documentWith({}), [setting]);
    expect(complaint).toEqual({ code: "config_invalid", message, ...(hint === undefined ? {} : { hint }) });
  });

  test.each(["x", "", "=5", ".a=5", "a..b=5", "train epochs 5", 'data."x=5'])(
    "%j is no setting",
    (setting) => {
      expect(complaintAbout(documentWith({}), [setting])).toEqual({
        code: "usage_invalid",
        message: `--set: expected path=value, got "${setting}"`,
        hint: "for example --set train.learningRate=0.1",
      });
    },
  );

  test("a mistake in the file keeps its place", () => {
    const complaint = complaintAbout(documentWith({ train: { epochs: 0 } }), ["train.batchSize=5"]);
    expect(complaint.message).toBe(
      "c.jsonc:1:41 train.epochs: expected a whole number from 1 to 1000000, got 0",
    );
  });
});

describe("objects of a program", () => {
  const about = (document: object) => thrownBy(() => resolveRunConfig(document, [], "options")).message;
  test("are refused with their path", () => {
    expect(about({ data: { label: "y" }, train: { epochs: Number.NaN } })).toBe(
      "options train.epochs: expected a whole number from 1 to 1000000, got NaN",
    );
    expect(about([])).toBe("options: expected an object, got []");
    expect(about({})).toBe("options data.label: expected a column name of 1 to 256 characters, got nothing");
  });
  test("cannot reach a prototype, and may not go round in circles", () => {
    expect(about(JSON.parse('{ "data": { "__proto__": { "polluted": 1 } } }'))).toBe(
      'options data.__proto__: expected a key of the configuration, got "__proto__"',
    );
    const circle: { data?: object } = {};
    circle.data = circle;
    expect(about(circle)).toBe(`options ${"data.".repeat(16)}data: expected at most 16 levels, got more`);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

test("a quoted name that is no JSON is taken as it stands", () => {
  const complaint = complaintAbout(documentWith({}), ['model."\\q"=1']);
  expect(complaint.message).toContain('--set model.""\\q""');
});
