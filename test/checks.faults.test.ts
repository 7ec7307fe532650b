// The checks of a run see what they are there for: each fault below is put in by hand.

import { afterEach, expect, test, vi } from "vitest";
import { checkRun } from "../src/check.ts";
import { resolveRunConfig } from "../src/config.ts";
import { hex, sha256 } from "../src/hash.ts";
import type * as forwardRoom from "../src/model/forward.ts";
import type * as prepareRoom from "../src/prepare.ts";
import { tableOf } from "../src/prepare.ts";

const fault = vi.hoisted(() => ({ name: "none" }));

vi.mock("../src/model/forward.ts", async (original) => {
  const actual = await original<typeof forwardRoom>();
  return {
    ...actual,
    backward: (...[kernels, network, workspace, B]: Parameters<typeof actual.backward>) => {
      actual.backward(kernels, network, workspace, B);
      // One weight of the first layer, off by a thousandth.
      if (fault.name === "gradient") workspace.gradients.parameters[3]! *= 1.001;
    },
    headLoss: (...given: Parameters<typeof actual.headLoss>) => {
      const loss = actual.headLoss(...given);
      if (fault.name === "push") given[2].dLogits[0]! += 1e-3;
      return fault.name === "loss" ? loss * (1 + 1e-9) : loss;
    },
  };
});

vi.mock("../src/prepare.ts", async (original) => {
  const actual = await original<typeof prepareRoom>();
  return {
    ...actual,
    prepare: (...given: Parameters<typeof actual.prepare>) => {
      const data = actual.prepare(...given);
      if (fault.name !== "trace") return data;
      // The test rows reach the model through its fingerprint.
      const { buffer } = Float64Array.from(data.test.features.values);
      return { ...data, fingerprint: hex(sha256(new Uint8Array(buffer))) };
    },
  };
});

afterEach(() => {
  fault.name = "none";
});

const records = Array.from({ length: 90 }, (_, i) => {
  const [x, y] = [((37 * i) % 101) / 25 - 2, ((61 * i) % 103) / 25 - 2];
  return { x, y, class: x * y > ((i * 7919) % 97) / 97 ? "in" : "out" };
});
const config = resolveRunConfig(
  { data: { label: "class" }, model: { hidden: [4] }, train: { epochs: 1 } },
  [],
  "test",
);

test.each([
  ["none", []],
  ["gradient", ["gradients"]],
  ["push", ["p − y sums to zero"]],
  ["loss", ["knowing nothing is ln K"]],
  ["trace", ["no trace of test rows"]],
])("fault %s: %j", (name, failing) => {
  fault.name = name;
  const failed = checkRun(config, tableOf(records, config)).filter(({ status }) => status === "failed");
  for (const expected of failing) expect(failed.map((check) => check.name)).toContain(expected);
  if (name === "none") expect(failed).toEqual([]);
});
