import { describe, expect, test } from "vitest";
import { readStream, readWhole } from "../../src/cli/files.ts";
import { makeFolders, writeFolder } from "../../src/cli/folders.ts";
import { assertFolderCreatable, assertOutputIsNoInput, assertReplaceable } from "../../src/cli/outputs.ts";
import { openWhole, writeWhole } from "../../src/cli/writing.ts";
import { CWD, memoryDisk } from "./memory.ts";

const text = (s: string) => new TextEncoder().encode(s);

describe("writeWhole", () => {
  test("writes beside the target, syncs the file, renames, syncs the folder, in this order", async () => {
    const disk = memoryDisk();
    await writeWhole(disk.files, "a.txt", text("new"));
    expect(disk.text("a.txt")).toBe("new");
    expect(disk.log).toEqual([
      "create .pullone-7.tmp",
      "write .pullone-7.tmp",
      "sync .pullone-7.tmp",
      "close .pullone-7.tmp",
      "rename a.txt",
      "syncFolder ",
    ]);
  });

  test("goes on writing when the system takes three bytes at a time", async () => {
    const disk = memoryDisk();
    disk.writeLimit = 3;
    await writeWhole(disk.files, "a.txt", text("ten bytes!"));
    expect(disk.text("a.txt")).toBe("ten bytes!");
  });

  test.each(["create", "write", "sync", "close", "rename"])(
    "keeps the old file and leaves nothing behind when %s fails for want of space",
    async (operation) => {
      const disk = memoryDisk({ "a.txt": "old" });
      let failed = false;
      disk.fault = (now) => {
        if (now !== operation || failed) return undefined;
        failed = true;
        return "ENOSPC";
      };
      await expect(writeWhole(disk.files, "a.txt", text("new"))).rejects.toMatchObject({
        code: "io_failed",
        message: "a.txt: expected to write it whole, but the disk is full",
      });
      expect(disk.text("a.txt")).toBe("old");
      expect(disk.list()).toEqual(["a.txt"]);
    },
  );

  test("never takes a second fsync for a first one that failed", async () => {
    const disk = memoryDisk();
    disk.fault = (operation) => (operation === "sync" ? "EIO" : undefined);
    await expect(writeWhole(disk.files, "a.txt", text("new"))).rejects.toThrow("the disk reports an error");
    expect(disk.log.filter((line) => line.startsWith("sync "))).toHaveLength(1);
  });

  test("a system that writes nothing and says nothing is an error, not a loop", async () => {
    const disk = memoryDisk();
    disk.writeLimit = 0;
    await expect(writeWhole(disk.files, "a.txt", text("x"))).rejects.toMatchObject({ code: "io_failed" });
  });

  test("replaces the target of a link and keeps the link and the permissions", async () => {
    const disk = memoryDisk({ "real/a.txt": "old" });
    disk.entries.set(`${CWD}/link.txt`, { kind: "link", to: `${CWD}/real/a.txt` });
    const older = disk.entries.get(`${CWD}/real/a.txt`);
    if (older?.kind === "file") older.mode = 0o600;
    await writeWhole(disk.files, "link.txt", text("new"));
    expect(disk.text("real/a.txt")).toBe("new");
    expect(disk.entries.get(`${CWD}/link.txt`)?.kind).toBe("link");
    expect(disk.entries.get(`${CWD}/real/a.txt`)).toMatchObject({ mode: 0o600 });
  });

  test("a temporary file left by a dead process of our number is no obstacle", async () => {
    const disk = memoryDisk({ ".pullone-7.tmp": "stale", ".pullone-8.tmp": "of another" });
    await writeWhole(disk.files, "a.txt", text("new"));
    expect(disk.list()).toEqual([".pullone-8.tmp", "a.txt"]);
  });

  test("abandoning leaves no trace", async () => {
    const disk = memoryDisk();
    const file = await openWhole(disk.files, "a.txt");
    await file.write(text("half"));
    await file.abandon();
    expect(disk.list()).toEqual([]);
  });

  test.each([
    ["nowhere/a.txt", 'nowhere/a.txt: expected a place to write to, but there is no folder "nowhere"'],
    ["folder", "folder: expected a place to write to, but it is a folder"],
    ["device", "device: expected a place to write to, but it is a device, a socket or a named pipe"],
    ["file/a.txt", 'file/a.txt: expected a place to write to, but "file" is no folder'],
  ])("refuses %s before it writes anything", async (path, message) => {
    const disk = memoryDisk({ file: "", "folder/x": "" });
    disk.entries.set(`${CWD}/device`, { kind: "other" });
    await expect(assertReplaceable(disk.files, path)).rejects.toMatchObject({
      code: "output_uncreatable",
      message,
    });
    expect(disk.log).toEqual([]);
  });

  test("refuses a folder without permission to write", async () => {
    const disk = memoryDisk();
    disk.fault = (operation) => (operation === "access" ? "EACCES" : undefined);
    await expect(writeWhole(disk.files, "a.txt", text("x"))).rejects.toThrow(
      "a.txt: expected a place to write to, but no permission to write in its folder",
    );
  });
});

describe("writeFolder", () => {
  const contents = new Map([
    ["config.jsonc", text("{}")],
    ["model.safetensors", text("M")],
  ]);

  test("a new folder appears in one step, with its parents, after all its files are synced", async () => {
    const disk = memoryDisk();
    await writeFolder(disk.files, "runs/a-1", contents);
    expect(disk.list()).toEqual(["runs/a-1/config.jsonc", "runs/a-1/model.safetensors"]);
    expect(disk.log.slice(-3)).toEqual([
      "syncFolder runs/.pullone-7.tmp",
      "rename runs/a-1",
      "syncFolder runs",
    ]);
  });

  test("each folder above it is written down in the one above that before the next is made", async () => {
    const disk = memoryDisk();
    expect(await makeFolders(disk.files, "a/b/c")).toEqual(["a", "a/b", "a/b/c"]);
    expect(disk.log).toEqual([
      ...["makeFolder a", "syncFolder ", "makeFolder a/b", "syncFolder a"],
      ...["makeFolder a/b/c", "syncFolder a/b"],
    ]);
  });

  test("a folder that another process has made meanwhile is as good as our own, and not ours to remove", async () => {
    const disk = memoryDisk();
    disk.fault = (operation, path) => {
      if (operation === "makeFolder" && path === "a") disk.entries.set(`${CWD}/a`, { kind: "folder" });
      return operation === "makeFolder" && path === "a/b/c" ? "ENOSPC" : undefined;
    };
    await expect(makeFolders(disk.files, "a/b/c")).rejects.toMatchObject({ code: "io_failed" });
    expect([...disk.entries.keys()]).toEqual(["/", CWD, `${CWD}/a`]);
  });

  test("files are replaced in the order given, each for good before the next", async () => {
    const disk = memoryDisk({ "run/model.safetensors": "old" });
    await writeFolder(disk.files, "run", contents);
    expect(disk.log.slice(-6)).toEqual([
      "syncFolder run/.pullone-7.tmp",
      ...["rename run/config.jsonc", "syncFolder run"],
      ...["rename run/model.safetensors", "syncFolder run"],
      "removeFolder run/.pullone-7.tmp",
    ]);
  });

  test.each([
    ["a folder with files", { "runs/.pullone-7.tmp/model.safetensors": "stale" }],
    ["a file", { "runs/.pullone-7.tmp": "stale" }],
  ])("%s left by a dead process of our number is no obstacle", async (_, stale) => {
    const disk = memoryDisk(stale);
    await writeFolder(disk.files, "runs/a-1", contents);
    expect(disk.list()).toEqual(["runs/a-1/config.jsonc", "runs/a-1/model.safetensors"]);
  });

  test("in a folder that is there, other files stay and ours are replaced", async () => {
    const disk = memoryDisk({ "run/notes.txt": "mine", "run/config.jsonc": "old" });
    await writeFolder(disk.files, "run", contents);
    expect(disk.list()).toEqual(["run/config.jsonc", "run/model.safetensors", "run/notes.txt"]);
    expect(disk.text("run/config.jsonc")).toBe("{}");
  });

  test.each(["create", "write", "sync", "rename"])(
    "leaves nothing of a new folder when %s fails",
    async (operation) => {
      const disk = memoryDisk();
      disk.fault = (now) => (now === operation ? "ENOSPC" : undefined);
      await expect(writeFolder(disk.files, "runs/a-1", contents)).rejects.toMatchObject({
        code: "io_failed",
      });
      expect([...disk.entries.keys()]).toEqual(["/", CWD]);
    },
  );

  test("another process that made the folder meanwhile keeps it", async () => {
    const disk = memoryDisk();
    disk.fault = (operation) => {
      if (operation === "sync") disk.put("run/model.safetensors", "theirs");
      return undefined;
    };
    await expect(writeFolder(disk.files, "run", contents)).rejects.toMatchObject({
      code: "busy",
      message: "run: expected to make this folder, but another process just did",
    });
    expect(disk.list()).toEqual(["run/model.safetensors"]);
    expect(disk.text("run/model.safetensors")).toBe("theirs");
  });

  test("a file where a folder is needed is refused beforehand", async () => {
    const disk = memoryDisk({ runs: "a file" });
    await expect(assertFolderCreatable(disk.files, "runs/a-1")).rejects.toMatchObject({
      code: "output_uncreatable",
      message: 'runs/a-1: expected a place to write to, but "runs" is no folder',
    });
    expect(disk.log).toEqual([]);
  });
});

describe("an output that is an input", () => {
  test.each(["data.csv", "./data.csv", "sub/../data.csv", "/home/data.csv", "link.csv"])(
    "is refused as %s",
    async (output) => {
      const disk = memoryDisk({ "data.csv": "", "sub/x": "" });
      disk.entries.set(`${CWD}/link.csv`, { kind: "link", to: `${CWD}/data.csv` });
      await expect(assertOutputIsNoInput(disk.files, output, ["model", "data.csv"])).rejects.toMatchObject({
        code: "usage_invalid",
        message: `output "${output}": expected a file of its own, got the input "data.csv"`,
      });
    },
  );

  test("another file is fine, whether it is there or not", async () => {
    const disk = memoryDisk({ "data.csv": "", "out.csv": "" });
    await assertOutputIsNoInput(disk.files, "out.csv", ["data.csv"]);
    await assertOutputIsNoInput(disk.files, "new.csv", ["data.csv"]);
  });
});

describe("reading", () => {
  test.each([
    ["nothing", "nothing: expected a file, found nothing there"],
    ["folder", "folder: expected a file, got a folder"],
    ["pipe", "pipe: expected a regular file, got a device, a socket or a named pipe"],
  ])("refuses %s", async (path, message) => {
    const disk = memoryDisk({ "folder/x": "" });
    disk.entries.set(`${CWD}/pipe`, { kind: "other" });
    await expect(readWhole(disk.files, path, 100)).rejects.toMatchObject({
      code: "input_unreadable",
      message,
    });
  });

  test("gives all bytes of a file of many pieces", async () => {
    const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => i % 251);
    const disk = memoryDisk({ a: bytes });
    expect(await readWhole(disk.files, "a", 10_000)).toEqual(bytes);
    await expect(readWhole(disk.files, "a", 9_999)).rejects.toThrow(
      "a: expected at most 9999 bytes, got 10000: too large",
    );
  });

  test("says why the system refused", async () => {
    const disk = memoryDisk({ a: "x" });
    disk.fault = () => "EACCES";
    await expect(readWhole(disk.files, "a", 10)).rejects.toMatchObject({
      code: "input_unreadable",
      message: "a: expected a readable file, but permission is denied",
    });
  });

  test("a file changed while it is read is refused, one deleted or replaced is not", async () => {
    const names = ["a", "b", "c", "d"];
    const disk = memoryDisk(Object.fromEntries(names.map((name) => [name, new Uint8Array(9000)])));
    const readAnd = async (path: string, then: () => unknown) => {
      for await (const _ of readStream(disk.files, path)) await then();
    };
    await expect(readAnd("a", () => disk.put("a", "shorter"))).rejects.toMatchObject({
      code: "data_invalid",
      message: "a: expected a file at rest, but it was changed while being read",
    });
    await expect(readAnd("c", () => disk.put("c", new Uint8Array(9000).fill(1)))).rejects.toThrow("at rest");
    await readAnd("b", () => disk.entries.delete(`${CWD}/b`));
    const newer = Uint8Array.of(1);
    await readAnd("d", () => writeWhole(disk.files, "d", newer));
    expect(disk.bytes("d")).toEqual(newer);
  });
});
