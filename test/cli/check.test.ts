import { expect, test } from "vitest";
import { irisCsv, irisDisk, quick } from "./flowers.ts";
import { memoryDisk, runIn } from "./memory.ts";

const argv = ["check", "data/iris.csv", "--label", "species", ...quick];

test("check prints a line for each check and ends with 0 when none fails", async () => {
  const disk = irisDisk();
  const before = disk.list();
  const { code, out, err } = await runIn(argv, { disk });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const lines = out.trimEnd().split("\n");
  expect(lines[0]).toBe("data/iris.csv");
  expect(lines).toHaveLength(11);
  for (const line of lines.slice(1, -1)) expect(line).toMatch(/^ {2}(ok|note) +\S/);
  expect(lines.at(-1)).toMatch(/^no check failed/);
  expect(disk.list()).toEqual(before);
});

test("a configuration is checked as it stands, and --json is one document of the same", async () => {
  const config = '{ "data": { "file": "iris.csv", "label": "species" }, "train": { "epochs": 2 } }';
  const disk = irisDisk({ "data/iris.jsonc": config });
  const { code, out } = await runIn(["check", "data/iris.jsonc", "--json"], { disk });
  const document = JSON.parse(out);
  expect(code).toBe(0);
  expect(document).toMatchObject({ input: "data/iris.jsonc", failed: 0 });
  expect(document.checks).toHaveLength(9);
  expect(document.checks[0]).toMatchObject({ name: "gradients", status: "ok", figures: { limit: 1e-5 } });
});

test("a leak ends with 79, in text and with --json", async () => {
  const [header, ...rows] = irisCsv.trimEnd().split("\n");
  const codes: Record<string, string> = { setosa: "a", versicolor: "b", virginica: "c" };
  const leaking = rows.map(
    (row) =>
      `${codes[row.split(",").at(-1)!]},${row.split(",").slice(0, 2).join(",")},${row.split(",").at(-1)}`,
  );
  const short = header!.split(",").slice(0, 2).join(",");
  const disk = memoryDisk({ "data/iris.csv": `${[`code,${short},species`, ...leaking].join("\n")}\n` });
  const { code, out, err } = await runIn(argv, { disk });
  expect({ code, err }).toEqual({ code: 79, err: "" });
  expect(out).toMatch(/\n {2}failed {2}leaks +best column alone: "code" with 100\.0 % balanced accuracy/);
  expect(out).toMatch(/\n2 checks failed/);
  const json = await runIn([...argv, "--json"], { disk });
  expect(json.code).toBe(79);
  expect(JSON.parse(json.out).failed).toBe(2);
});

test("what training would refuse is refused", async () => {
  expect(await runIn(["check", "nothing.jsonc"])).toMatchObject({
    code: 66,
    err: "error: nothing.jsonc: expected a file, found nothing there\n",
  });
});
