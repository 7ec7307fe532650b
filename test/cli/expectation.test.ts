// --expect-sha256: the one model file that was meant, and no other.

import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { close, open } from "../artifact/container.ts";
import { MODEL, trainedDisk } from "./flowers.ts";
import { type Disk, runIn } from "./memory.ts";

const data = "data/iris.csv";
const other = "0123456789abcdef".repeat(4);
let disk: Disk;
let digits = "";
beforeAll(async () => {
  disk = await trainedDisk();
  digits = createHash("sha256").update(disk.bytes(MODEL)).digest("hex");
});

describe.each([
  ["evaluate", [MODEL, data]],
  ["predict", [MODEL, data]],
  ["explain", [MODEL, data, "--row", "1"]],
  ["calibrate", [MODEL, data, "--out", "calibrated.safetensors"]],
  ["inspect", [MODEL]],
])("%s --expect-sha256", (command, words) => {
  test("takes the file whose digits train printed, in small letters or capitals", async () => {
    for (const hex of [digits, digits.toUpperCase()]) {
      const { code, err } = await runIn([command, ...words, "--expect-sha256", hex], { disk });
      // Without rows that it has not seen a model cannot be calibrated; that it was read is enough here.
      expect(code, err).toBe(command === "calibrate" ? 65 : 0);
    }
  });

  test("refuses any other with exit code 76, and writes nothing", async () => {
    const before = disk.list();
    const { code, out, err } = await runIn([command, ...words, "--expect-sha256", other], { disk });
    expect({ code, out }).toEqual({ code: 76, out: "" });
    expect(err).toBe(
      `error: ${MODEL}: expected the file of SHA-256 ${other}, got one of ${digits}\nhint:  it is not the file that was meant: ask where it came from\n`,
    );
    expect(disk.list()).toEqual(before);
  });
});

test("another file is refused before anything of it is looked at, also when it is no model", async () => {
  const spoilt = await trainedDisk();
  spoilt.put("noise", Uint8Array.of(1, 2, 3));
  for (const command of ["evaluate", "predict", "inspect"]) {
    const { code, err } = await runIn([command, "noise", "--expect-sha256", other], {
      disk: spoilt,
      stdin: "",
    });
    expect({ code, err: err.split(", got")[0] }).toEqual({
      code: 76,
      err: `error: noise: expected the file of SHA-256 ${other}`,
    });
  }
});

test.each(["", "abc", other.slice(1), `${other}0`, other.replace("a", "g"), ` ${other}`])(
  "%j are no digits of a SHA-256",
  async (hex) => {
    const { code, err } = await runIn(["predict", MODEL, data, `--expect-sha256=${hex}`], { disk });
    expect(code).toBe(64);
    expect(err).toContain("error: --expect-sha256: expected a SHA-256 of 64 hexadecimal digits, got");
  },
);

test("a mean changed behind a mended checksum is accepted: only --expect-sha256 tells", async () => {
  const changed = await trainedDisk();
  const { header, data: tensors } = open(changed.bytes(MODEL));
  new DataView(tensors.buffer).setFloat64(JSON.parse(header)["numeric.center"].data_offsets[0], 9.5, true);
  changed.put(MODEL, close(header, tensors));
  expect((await runIn(["predict", MODEL, data], { disk: changed })).code).toBe(0);
  const expecting = ["predict", MODEL, data, "--expect-sha256", digits];
  expect((await runIn(expecting, { disk: changed })).code).toBe(76);
});
