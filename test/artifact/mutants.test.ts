// Damage behind a mended checksum: whoever changes a file can also write the SHA-256 of the result.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packContainer, readFloats, unpackContainer } from "../../src/artifact/safetensors.ts";
import { loadClassifier, saveClassifier } from "../../src/artifact.ts";
import { PulloneError } from "../../src/errors.ts";
import { close, editHeader, editSpec, type LooseJson, mend, open } from "./container.ts";
import { allFeatures, exampleClassifier } from "./example.ts";

const model = saveClassifier(exampleClassifier({ features: allFeatures }));
const opened = open(model);
const { header, data } = opened;
const parsed: LooseJson = JSON.parse(header);
const spec: LooseJson = JSON.parse(parsed.__metadata__.spec);
const tensorNames = Object.keys(parsed).filter((name) => name !== "__metadata__");

/** The message with which the bytes are refused, or "accepted"; any error but model_invalid is thrown on. */
function verdict(bytes: Uint8Array): string {
  try {
    loadClassifier(bytes, "m");
  } catch (error) {
    if (error instanceof PulloneError && error.code === "model_invalid") return error.message;
    throw error;
  }
  return "accepted";
}

/** Each of the headers, given by what was done to it, is refused in words a terminal can show. */
function refuseAll(headers: Iterable<readonly [what: string, header: string]>): void {
  for (const [what, text] of headers) {
    const message = verdict(close(text, data));
    if (message === "accepted") throw new Error(`accepted: ${what}`);
    expect(message.length, what).toBeLessThan(1000);
  }
}

const withHeader = (edit: (header: LooseJson) => void) => verdict(close(editHeader(opened, edit), data));
const withSpec = (edit: (spec: LooseJson) => void) => verdict(close(editSpec(opened, edit), data));
const withMetadata = (edit: (metadata: LooseJson) => void) => withHeader((h) => edit(h.__metadata__));

const wrongValues: readonly LooseJson[] = [
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    1e9,
    2 ** 53,
    "",
    "x",
    "5",
    "__proto__",
    'require("child_process")',
    "/etc/passwd",
  ],
  ...[[], {}, [1], [null], [[]], Array(70).fill(3), { constructor: { prototype: {} } }],
];

test("the model itself, taken apart and put together, is accepted", () => {
  expect(close(header, data)).toStrictEqual(model);
  expect(verdict(model)).toBe("accepted");
});

describe("the header", () => {
  test.each([0n, 1n, 2n, 1n << 20n, 1n << 31n, (1n << 32n) + 8n, 1n << 53n, 1n << 63n, (1n << 64n) - 8n])(
    "a length of %d is refused",
    (length) => {
      expect(verdict(close(header, data, length))).toMatch(
        /^m: expected a header of 8, 16, … bytes, at most \d+, got \d+$/,
      );
    },
  );

  test.each([-8, -1, 1, 8])("a length of %d more than it is long is refused", (more) => {
    const length = BigInt(8 * Math.ceil(new TextEncoder().encode(header).length / 8) + more);
    expect(verdict(close(header, data, length))).toMatch(/^m: /);
  });

  test.each([
    [
      "not UTF-8",
      Uint8Array.from([...new TextEncoder().encode(header.slice(0, -1)), 0xff, 0x7d]),
      /header: expected UTF-8/,
    ],
    ["with a BOM", `\ufeff${header}`, /header: expected a JSON value/],
    ["after a space", ` ${header}`, /expected the one way this format is written, got another/],
    [
      "with spaces inside",
      header.replace(":", ": "),
      /expected the one way this format is written, got another/,
    ],
    [
      "with 8 more spaces after it",
      `${header}${" ".repeat(8)}`,
      /expected the one way this format is written/,
    ],
    ["with a number written otherwise", header.replace('"shape":[5]', '"shape":[5.0]'), /the one way/],
    ["a list", `[${header}]`, /header: expected an object/],
    ["null", "null", /m: expected a pullone model, got binary data/],
    ["twice", header + header, /the end of the JSON text/],
    ["cut", header.slice(0, -2), /header: expected/],
    ["with a trailing comma", header.replace(/\}$/, ",}"), /a key in double quotes/],
    ["with a NUL", header.replace("{", "{\0"), /a key in double quotes/],
    [
      "nested 100,000 deep",
      header.replace(/\}$/, `,"x":${"[".repeat(1e5)}${"]".repeat(1e5)}}`),
      /at most 16 levels/,
    ],
    ["with 1e999", header.replace(/\}$/, ',"x":1e999}'), /a number that float64 can hold/],
    [
      "with a key __proto__",
      header.replace("{", '{"__proto__":{"polluted":true},'),
      /an ordinary key .*got "__proto__"/,
    ],
    [
      "with a tensor twice",
      header.replace("{", '{"~sha256":0,'),
      /every key once .* got a duplicate of "~sha256"/,
    ],
    ["without tensors", '{"__metadata__":{}}', /m: expected tensors of \d+ bytes, got 0 bytes/],
    [
      "with 5000 tensors",
      JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`t${i}`, 0]))),
      /at most 4096 tensors, got 5000/,
    ],
  ] as const)("%s is refused", (_what, text, message) => {
    expect(verdict(close(text, data))).toMatch(message);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});

describe("the metadata", () => {
  test("a newer version is refused by name, whatever else it brings", () => {
    const message = withMetadata((metadata) => {
      metadata.format_version = "2";
      metadata.kind = "ensemble";
      metadata.future = "x";
    });
    expect(message).toBe("m: format version 2; this program reads up to 1");
  });

  test.each(["0", "-1", "1.5", "", "1e3", "one", "01", "9999999", " 1", "1\n"])(
    "version %j is refused",
    (version) => {
      const message = withMetadata((metadata) => (metadata.format_version = version));
      expect(message).toMatch(/^m: expected a format version from 1 up, got "/);
    },
  );

  test("another format, a checkpoint, an unknown or missing key, and what is no text are named", () => {
    expect(withMetadata((m) => (m.format = "pt"))).toBe(
      'm: expected a pullone model, got a safetensors file of format "pt"',
    );
    expect(withMetadata((m) => (m.kind = "checkpoint"))).toBe(
      'm: expected a pullone model, got a pullone file of kind "checkpoint"',
    );
    const keys = "format, format_version, kind, spec";
    expect(withMetadata((m) => (m.path = "x"))).toBe(`m: metadata: expected ${keys}, got "${keys}, path"`);
    expect(withMetadata((m) => (m.format_version = 1))).toBe(
      'm: metadata: expected text as "format_version", got 1',
    );
    for (const key of ["format", "format_version", "kind", "spec"]) {
      expect(withMetadata((m) => delete m[key])).toMatch(/^m: /);
    }
    for (const value of wrongValues) expect(withHeader((h) => (h.__metadata__ = value))).toMatch(/^m: /);
  });
});

describe("a tensor", () => {
  test.each(tensorNames)(
    "%s of another shape, place or dtype, renamed, dropped or with more keys is refused",
    (name) => {
      const {
        shape,
        data_offsets: [from, to],
        dtype,
      } = parsed[name];
      const shapes = [
        [],
        [0],
        [-1],
        [1.5],
        ["4"],
        [null],
        [2 ** 53],
        [2 ** 31, 2 ** 31],
        [2 ** 32, 2 ** 32, 2 ** 32],
      ];
      const odd = [
        [4194305, 4194305, 211106198978564],
        [...shape, 1],
        [1, ...shape],
        null,
        {},
        "4",
        Array(100).fill(1),
      ];
      const scaled = [shape.map((n: number) => n + 1), shape.map((n: number) => 2 * n)];
      const offsets = [
        [to, from],
        [from, from],
        [from + 1, to + 1],
        [from, to + 8],
        [-8, to],
        [from, 2 ** 53],
      ];
      const more = [[from, 1e308], ["0", "8"], [from], [from, to, to], null, [from + 0.5, to + 0.5], {}];
      const dtypes = [
        "F16",
        "I64",
        "f64",
        "",
        "__proto__",
        "constructor",
        null,
        8,
        ["F64"],
        "F64",
        "F32",
        "U8",
      ];
      const set = (key: string, value: LooseJson) =>
        [`${key} ${JSON.stringify(value)}`, editHeader(opened, (h) => (h[name][key] = value))] as const;
      refuseAll([
        ...[...shapes, ...odd, ...scaled].map((value) => set("shape", value)),
        ...[...offsets, ...more].map((value) => set("data_offsets", value)),
        ...dtypes.filter((value) => value !== dtype).map((value) => set("dtype", value)),
        set("external_data", { location: "/etc/passwd" }),
        ["dropped", editHeader(opened, (h) => delete h[name])],
        ["renamed", header.replace(JSON.stringify(name), JSON.stringify(`${name}x`))],
        ["null", editHeader(opened, (h) => (h[name] = null))],
      ]);
    },
  );

  test.each([
    ["~sha256", "name", /^m: expected a tensor "~sha256", got none$/],
    [
      "numeric.fill",
      [0],
      /^m: tensor "numeric\.fill": expected a shape of at most 4 lengths from 1 up, got \[0\]$/,
    ],
    [
      "numeric.fill",
      [5],
      /^m: tensor "numeric\.fill": expected data_offsets \[0,40\] within \d+ bytes, got \[0,32\]$/,
    ],
    [
      "numeric.scale",
      [1000],
      /^m: tensor "numeric\.scale": expected data_offsets \[64,8064\] within \d+ bytes, got \[64,96\]$/,
    ],
  ])("%s with another %j is named", (name, edit, message) => {
    const text =
      edit === "name"
        ? header.replace(`"${name}"`, `"${name}x"`)
        : editHeader(opened, (h) => (h[name].shape = edit));
    expect(verdict(close(text, data))).toMatch(message);
  });

  test("of the other precision is refused, though the container holds together", () => {
    const { metadata, tensors } = unpackContainer(model, "m");
    const wider = Array.from(tensors, ([name, tensor]) => {
      const values = readFloats(tensor, name);
      return [
        name,
        { shape: tensor.shape, values: name === "golden.inputs" ? Float64Array.from(values) : values },
      ] as const;
    });
    expect(verdict(packContainer(metadata, new Map(wider)))).toBe(
      'm: tensor 9: expected "golden.inputs" F32 [2, 15], got "golden.inputs" F64 [2, 15]',
    );
  });

  test("more, fewer, or others in between are refused by name", () => {
    const extra = { dtype: "F64", shape: [1], data_offsets: [0, 8] };
    for (const name of ["toString", "constructor", "0", "layer.9.biases"]) {
      expect(withHeader((h) => (h[name] = extra))).toMatch(/^m: /);
    }
    const swapped = header
      .replace('"numeric.fill"', '"?"')
      .replace('"numeric.center"', '"numeric.fill"')
      .replace('"?"', '"numeric.center"');
    expect(verdict(close(swapped, data))).toBe(
      'm: tensor 1: expected "numeric.fill" F64 [4], got "numeric.center" F64 [4]',
    );
    const {
      data_offsets: [from, to],
    } = parsed["golden.logits"];
    const without = editHeader(opened, (h) => {
      delete h["golden.logits"];
      h["~sha256"].data_offsets = [from, from + 32];
    });
    const shorter = Uint8Array.from([...data.subarray(0, from), ...data.subarray(to)]);
    expect(verdict(close(without, shorter))).toBe(
      'm: tensor 10: expected "golden.logits" F32 [2, 2], got no more tensors',
    );
  });

  test.each(tensorNames.slice(0, -1))(
    "%s with NaN or an infinity at either end is refused by name",
    (name) => {
      const {
        dtype,
        data_offsets: [from, to],
      } = parsed[name];
      const bits =
        dtype === "F64"
          ? [0x7ff8, 0x7ff0, 0xfff0].map((top) => BigInt(top) << 48n)
          : [0x7fc00000, 0x7f800000, 0xff800000, 0x7f800001];
      for (const pattern of bits) {
        for (const at of dtype === "F64" ? [from, to - 8] : [from, to - 4]) {
          const changed = Uint8Array.from(data);
          const view = new DataView(changed.buffer);
          if (typeof pattern === "bigint") view.setBigUint64(at, pattern, true);
          else view.setUint32(at, pattern, true);
          expect(verdict(close(header, changed))).toMatch(
            /^m: tensor ".*": expected finite numbers, got (NaN|-?Infinity)$/,
          );
        }
      }
    },
  );

  test.each([
    ["numeric.scale", 0, 0, /^m: column "__proto__": expected a scale above 0, got 0$/],
    ["numeric.scale", 1, -1, /^m: column "width": expected a scale above 0, got -1$/],
    ["numeric.knots", 1, 1e301, /^m: column "q": expected ascending knots, got others$/],
  ])("%s[%d] = %d is refused", (name, place, value, message) => {
    const changed = Uint8Array.from(data);
    new DataView(changed.buffer).setFloat64(parsed[name].data_offsets[0] + 8 * place, value, true);
    expect(verdict(close(header, changed))).toMatch(message);
  });

  test("one bit of one weight is found by the golden rows", () => {
    const changed = Uint8Array.from(data);
    changed[parsed["layer.2.biases"].data_offsets[0] + 2]! ^= 1;
    expect(verdict(close(header, changed))).toMatch(
      /^m: golden\.logits\[0\]: expected .* as when it was trained, got /,
    );
  });
});

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

describe("random edits of the header behind a mended checksum", () => {
  const snippets = [
    "0",
    "-",
    "1e999",
    '"',
    "[",
    "}",
    ",",
    "\\",
    "\0",
    "9007199254740993",
    "null",
    "é",
    "toString",
  ];
  const insertion = fc.tuple(fc.nat(header.length), fc.nat(6), fc.constantFrom(...snippets));

  test("are refused with model_invalid, or load as a model that saves to the very same bytes", () => {
    fc.assert(
      fc.property(fc.array(insertion, { minLength: 1, maxLength: 3 }), (edits) => {
        const text = edits.reduce((t, [at, cut, put]) => t.slice(0, at) + put + t.slice(at + cut), header);
        const bytes = close(text, data);
        if (verdict(bytes) === "accepted") expect(saveClassifier(loadClassifier(bytes))).toStrictEqual(bytes);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  test("and so are random bytes anywhere", () => {
    const edit = fc.tuple(fc.nat(model.length - 33), fc.nat(255));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const bytes = Uint8Array.from(model);
        for (const [at, byte] of edits) bytes[at] = byte;
        const mended = mend(bytes);
        if (verdict(mended) === "accepted")
          expect(saveClassifier(loadClassifier(mended))).toStrictEqual(mended);
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});
