// Tensors of another shape, place, type, name or content, behind a mended checksum.

import { describe, expect, test } from "vitest";
import { packContainer, readFloats, unpackContainer } from "../../src/artifact/safetensors.ts";
import { data, header, model, opened, parsed, refuseAll, verdict, withHeader } from "./changed.ts";
import { close, editHeader, type LooseJson } from "./container.ts";

const tensorNames = Object.keys(parsed).filter((name) => name !== "__metadata__");

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
