// The limits of a machine and of the program: what is no file, outputs that are closed or full, few descriptors, one
// processor, other engines' settings, and tables that would fill the memory.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diskFiles } from "../../src/cli/disk.ts";
import { run } from "../../src/cli/program.ts";
import { MODEL as IRIS, irisCsv, quick, trainedDisk } from "../cli/flowers.ts";
import { memoryWorld, runIn } from "../cli/memory.ts";
import { categoryCases } from "./csv/categories.ts";
import { contentCases } from "./csv/content.ts";
import { shapeCases } from "./csv/shape.ts";
import { type Ending, executable, type Starting } from "./limits/executable.ts";
import { repeated } from "./limits/table.ts";

let folder: string;
let start: ReturnType<typeof executable>;
const pullone = (argv: readonly string[], how: Omit<Starting, "cwd"> = {}): Promise<Ending> =>
  start(argv, { cwd: folder, ...how });
const at = (name: string) => join(folder, name);
const MODEL = "run/model.safetensors";
const train = (out: string) => ["train", "iris.csv", "--label", "species", "--out", out, "--quiet", ...quick];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pullone-limits-"));
  start = executable("faults-limits");
  writeFileSync(at("iris.csv"), irisCsv);
  const { code, err } = await pullone(train("run"));
  expect(code, err).toBe(0);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("what is no file is refused at once, by every command", () => {
  let socket: Server;
  beforeAll(() => {
    socket = createServer().listen(at("socket"));
  });
  afterAll(() => socket.close());

  test.each(["pipe", "socket", "/dev/zero", "."])("%s", async (name) => {
    const path = name.startsWith("/") ? name : at(name);
    if (name === "pipe") execFileSync("mkfifo", [path]);
    for (const argv of [
      ["train", path, "--label", "species"],
      ["inspect", path],
      ["evaluate", at(MODEL), path],
      ["predict", at(MODEL), path],
      ["predict", path, at("iris.csv")],
      ["explain", at(MODEL), path, "--row", "1"],
    ]) {
      const world = memoryWorld();
      const code = await run(argv, { ...world.io, files: diskFiles("7") });
      expect({ argv, code, out: world.spoken.out }).toEqual({ argv, code: 66, out: "" });
      expect(world.spoken.err).toMatch(/expected a (regular )?file, got a (device|folder)/);
      // Rows can be piped, a model cannot.
      const isModel = argv[0] === "predict" && argv[1] === path;
      if (isModel) expect(world.spoken.err).not.toContain("piped");
    }
  });
});

test("a file that changes while it is read is refused; one that is deleted is not", async () => {
  for (const [change, code] of [
    [
      (disk: Awaited<ReturnType<typeof trainedDisk>>) =>
        disk.put("data/iris.csv", `${irisCsv}5,3,1,1,setosa\n`),
      65,
    ],
    [(disk: Awaited<ReturnType<typeof trainedDisk>>) => disk.entries.delete("/home/data/iris.csv"), 0],
  ] as const) {
    for (const argv of [
      ["predict", IRIS, "data/iris.csv"],
      ["train", "data/iris.csv", "--label", "species", "--out", "again", "--quiet", ...quick],
    ]) {
      const disk = await trainedDisk();
      const changing = {
        ...disk.files,
        read: async function* (path: string) {
          for await (const chunk of disk.files.read(path)) {
            yield chunk;
            if (path.endsWith(".csv")) change(disk);
          }
        },
      };
      const { code: got, err } = await runIn(argv, { disk: { ...disk, files: changing } });
      expect({ argv, got, err: got === 0 ? "" : err }).toEqual({
        argv,
        got: code,
        err: code === 0 ? "" : expect.stringContaining("changed while being read"),
      });
    }
  }
});

describe("slow: outputs that are closed, full or slow", () => {
  test.each([[">&-"], [">&- 2>&-"]])("closed from the start: %s", async (after) => {
    const before = readFileSync(at(MODEL));
    for (const argv of [["predict", MODEL, "iris.csv"], train("closed")]) {
      const { code, signal } = await pullone(argv, { after });
      expect({ argv, signal, fine: code === 0 || code === 74 }).toEqual({ argv, signal: null, fine: true });
    }
    // No file took the number of the closed output.
    expect(readFileSync(at(MODEL))).toEqual(before);
    expect(readFileSync(at("closed/model.safetensors"))).toEqual(before);
    expect(readFileSync(at("iris.csv"), "utf8")).toBe(irisCsv);
    rmSync(at("closed"), { recursive: true });
  });

  test("a full standard output is exit 74", async ({ skip }) => {
    if (!existsSync("/dev/full")) skip("there is no /dev/full");
    for (const argv of [["evaluate", MODEL, "iris.csv"], ["--help"]]) {
      const { code, err } = await pullone(argv, { after: ">/dev/full" });
      expect({ argv, code, err }).toEqual({
        argv,
        code: 74,
        err: expect.stringContaining("the disk is full"),
      });
    }
  });

  test("a slow reader gets every byte", async () => {
    const rows = irisCsv.slice(irisCsv.indexOf("\n") + 1);
    const head = irisCsv.slice(0, irisCsv.indexOf("\n") + 1);
    const ending = await pullone(["predict", MODEL, "-"], { input: repeated(head, rows, 500_000), rest: 2 });
    const lines = 1 + 150 * Math.ceil(500_000 / rows.length);
    expect(ending).toMatchObject({ code: 0, err: "", outLines: lines });
  });
});

describe("slow: a small machine", () => {
  const model = () => readFileSync(at(MODEL));
  const made = (out: string) => readFileSync(at(`${out}/model.safetensors`));

  test("too few open files are named, with the way out", async () => {
    const { code, signal, err } = await pullone(train("few"), { before: "ulimit -n 22;" });
    expect({ code, signal }).toEqual({ code: 74, signal: null });
    expect(err).toMatch(
      /^error: the program: expected to .*too many (open files|files are open).*\nhint: .*ulimit -n/,
    );
    expect(existsSync(at("few"))).toBe(false);
  });

  test("a limit on addresses, where no WebAssembly has room, makes the same model", async () => {
    expect(await pullone(train("narrow"), { before: "ulimit -v 2000000;" })).toMatchObject({
      code: 0,
      err: "",
    });
    expect(made("narrow")).toEqual(model());
  });

  test("one processor makes the same model", async ({ skip }) => {
    if (spawnSync("taskset", ["-c", "0", "true"]).status !== 0) skip("there is no taskset");
    expect(await pullone(train("one"), { before: "taskset -p -c 0 $$ >/dev/null;" })).toMatchObject({
      code: 0,
    });
    expect(made("one")).toEqual(model());
  });

  test.each([["--jitless"], ["--max-old-space-size=48"]])("%s makes the same model", async (option) => {
    const out = option.replaceAll("-", "");
    expect(await pullone(train(out), { node: [option] })).toMatchObject({ code: 0, signal: null });
    expect(made(out)).toEqual(model());
  });

  test("another language, time zone and NODE_ENV make the same model", async () => {
    const before = "export LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu NODE_ENV=production;";
    expect(await pullone(train("elsewhere"), { before })).toMatchObject({ code: 0 });
    expect(made("elsewhere")).toEqual(model());
  });
});

describe("slow: tables that would fill the memory are refused before they do", () => {
  const hostile = [...contentCases, ...shapeCases, ...categoryCases].filter(({ id }) =>
    ["F34", "F35", "F51", "F90"].includes(id),
  );

  test.each(hostile.map((one) => [one.id, one.title, one] as const))("%s: %s", async (_id, _title, one) => {
    writeFileSync(at("hostile.csv"), one.content());
    const ending = await pullone(["train", "hostile.csv", "--label", "fruit", "--out", "none"]);
    expect(ending).toMatchObject({ code: 65, outBytes: 0, err: expect.stringContaining("limit") });
    if (process.platform === "linux") expect(ending.megabytes).toBeLessThan(300);
    expect(existsSync(at("none"))).toBe(false);
  });
});
