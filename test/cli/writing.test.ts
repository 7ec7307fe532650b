import { describe, expect, test } from "vitest";
import { codeOf, readStream, readWhole, reasonOf } from "../../src/cli/files.ts";
import { makeFolders, writeFolder } from "../../src/cli/folders.ts";
import {
  assertFolderCreatable,
  assertOutput,
  assertOutputIsNoInput,
  assertReplaceable,
} from "../../src/cli/outputs.ts";
import { openWhole, ownerOfTemporary, temporaryName, writeWhole } from "../../src/cli/writing.ts";
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
    await expect(writeWhole(disk.files, "a.txt", text("x"))).rejects.toMatchObject({
      code: "io_failed",
      message: "a.txt: expected to write it whole, but the system wrote nothing and gave no reason",
    });
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
    await expect(readWhole(disk.files, "a", 9_999)).rejects.toMatchObject({
      code: "input_unreadable",
      message: "a: expected at most 9999 bytes, got 10000: too large",
    });
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

describe("what a system may do that it hardly ever does", () => {
  const failing = (error: unknown) => async () => {
    throw error;
  };

  test("a file that grows past the limit while it is read is refused", async () => {
    const disk = memoryDisk({ a: "0123456789" });
    const status = async () => ({ kind: "file", bytes: 1, mode: 0o644 }) as const;
    await expect(readWhole({ ...disk.files, status }, "a", 9, "model_invalid")).rejects.toMatchObject({
      code: "model_invalid",
      message: "a: expected at most 9 bytes, got 10: too large",
    });
  });

  test("a failure while reading that is none of the system is not put into other words", async () => {
    const mistake = new TypeError("a mistake");
    const { files } = memoryDisk({ a: "x" });
    await expect(readWhole({ ...files, status: failing(mistake) }, "a", 9)).rejects.toBe(mistake);
    await expect(readWhole({ ...files, status: failing("odd") }, "a", 9)).rejects.toBe("odd");
    const numbered = Object.assign(new Error("numbered"), { code: 7 });
    await expect(readWhole({ ...files, status: failing(numbered) }, "a", 9)).rejects.toBe(numbered);
    const worded = Object.assign(new Error("worded"), { code: "ERR_X" });
    await expect(readWhole({ ...files, status: failing(worded) }, "a", 9)).rejects.toBe(worded);
  });

  test.each<[unknown, string]>([
    [Object.assign(new Error("x"), { code: "ENOTSUP" }), "the system says ENOTSUP"],
    [Object.assign(new Error("x"), { code: "EROFS" }), "the file system is read-only"],
    [new Error("its own words"), "its own words"],
    ["a text", "a text"],
  ])("an output that cannot be created says why: %s", async (error, reason) => {
    const { files } = memoryDisk();
    await expect(writeWhole({ ...files, create: failing(error) }, "a", text("x"))).rejects.toMatchObject({
      code: "output_uncreatable",
      message: `a: expected a place to write to, but ${reason}`,
    });
  });

  test.each(["ENOSPC", "EDQUOT", "EIO", "EFBIG"])(
    "%s is a disk that failed, not a wrong place",
    async (code) => {
      const disk = memoryDisk();
      disk.fault = (operation) => (operation === "create" ? code : undefined);
      await expect(writeWhole(disk.files, "a", text("x"))).rejects.toMatchObject({ code: "io_failed" });
    },
  );

  test("a folder that is there and in which nothing can be made is told", async () => {
    const disk = memoryDisk();
    disk.fault = (operation) => (operation === "makeFolder" ? "ENOENT" : undefined);
    await expect(makeFolders(disk.files, "a")).rejects.toThrow("but the system makes nothing new there");
  });

  test("a file in the place of a folder that was not there a moment ago is a failure", async () => {
    const disk = memoryDisk();
    disk.fault = (operation) => {
      if (operation === "makeFolder") disk.put("a", "a file");
      return undefined;
    };
    await expect(makeFolders(disk.files, "a")).rejects.toMatchObject({ code: "output_uncreatable" });
    expect(disk.text("a")).toBe("a file");
  });

  test("a file system without any folder is none to write to", async () => {
    const { files } = memoryDisk();
    const empty = { ...files, status: async () => undefined };
    await expect(assertFolderCreatable(empty, "a/b")).rejects.toThrow(
      "a/b: expected a place to write to, but no folder above it exists",
    );
    await expect(makeFolders(empty, "/a")).rejects.toMatchObject({ code: "output_uncreatable" });
  });

  test("a folder of runs without permission to write is refused beforehand", async () => {
    const disk = memoryDisk({ "runs/x": "" });
    await assertFolderCreatable(disk.files, "runs/a/b");
    disk.fault = (operation) => (operation === "access" ? "EACCES" : undefined);
    await expect(assertFolderCreatable(disk.files, "runs/a/b")).rejects.toThrow(
      'runs/a/b: expected a place to write to, but no permission to write in "runs"',
    );
    expect(disk.log).toEqual([]);
  });

  test("staging that cannot be made for another reason than its name is a failure, and is not retried", async () => {
    const disk = memoryDisk({ "run/x": "" });
    disk.fault = (operation) => (operation === "makeFolder" ? "EROFS" : undefined);
    await expect(writeFolder(disk.files, "run", new Map([["m", text("M")]]))).rejects.toThrow(
      "run: expected a place to write to, but the file system is read-only",
    );
    expect(disk.log.filter((line) => line.startsWith("makeFolder"))).toHaveLength(1);
  });

  test("an input that cannot be placed is compared by its name", async () => {
    const { files } = memoryDisk();
    const lost = { ...files, realPath: failing(new Error("lost")) };
    await expect(assertOutputIsNoInput(lost, "a", ["b", "a"])).rejects.toMatchObject({
      code: "usage_invalid",
    });
    await assertOutputIsNoInput(lost, "a", ["b"]);
  });
});

test("an output that is there is replaced, unless that was forbidden", async () => {
  const { files } = memoryDisk({ a: "x", input: "" });
  await assertOutput(files, "a", ["input"], {});
  await assertOutput(files, "a", ["input"], { clobber: true });
  await assertOutput(files, "b", ["input"], { clobber: false });
  await expect(assertOutput(files, "a", ["input"], { clobber: false })).rejects.toMatchObject({
    code: "output_uncreatable",
    message: "a: expected no file of that name, got one",
    hint: "leave out --no-clobber to replace it, or give another name",
  });
  await expect(assertOutput(files, "input", ["input"], { clobber: false })).rejects.toMatchObject({
    code: "usage_invalid",
    hint: "choose another output; an input is never overwritten",
  });
});

test.each([
  ["ENOENT", "there is nothing of that name"],
  ["EPERM", "permission is denied"],
  ["EDQUOT", "the disk quota is used up"],
  ["EFBIG", "the file would be larger than allowed"],
  ["EMFILE", "too many files are open"],
  ["EXDEV", "it lies on another device"],
  ["EISDIR", "it is a folder"],
])("%s is told in words", async (code, reason) => {
  const disk = memoryDisk({ a: "x" });
  disk.fault = () => code;
  await expect(readWhole(disk.files, "a", 9)).rejects.toThrow(`a: expected a readable file, but ${reason}`);
});

describe("an older file that stays under a second name", () => {
  const replace = async (disk: ReturnType<typeof memoryDisk>, files = disk.files) => {
    const file = await openWhole(files, "a", { olderStaysAs: "a.older" });
    await file.write(text("new"));
    await file.commit();
  };

  test("is there beside the new one, and no older one is none", async () => {
    const disk = memoryDisk({ a: "old" });
    await replace(disk);
    expect([disk.text("a"), disk.text("a.older"), disk.list()]).toEqual(["new", "old", ["a", "a.older"]]);
    const empty = memoryDisk();
    await replace(empty);
    expect(empty.list()).toEqual(["a"]);
  });

  test("is let go where a file system knows no second names, or refuses one", async () => {
    const disk = memoryDisk({ a: "old" });
    const { link: _, ...files } = disk.files;
    await replace(disk, files);
    expect([disk.text("a"), disk.list()]).toEqual(["new", ["a"]]);
    const refusing = memoryDisk({ a: "old" });
    refusing.fault = (operation) => (operation === "link" ? "EPERM" : undefined);
    await replace(refusing);
    expect([refusing.text("a"), refusing.list()]).toEqual(["new", ["a"]]);
  });
});

test("what Node itself denies is a permission denied", () => {
  expect(codeOf(Object.assign(new Error("x"), { code: "ERR_ACCESS_DENIED" }))).toBe("EACCES");
});

describe("the name of a temporary file", () => {
  test.each(["7", "7 123456", "7 123456 a_host_with_lines"])("tells its owner, %j", (owner) => {
    const { files } = memoryDisk();
    const name = temporaryName({ ...files, owner });
    expect(name).not.toContain(" ");
    expect(ownerOfTemporary(name)).toBe(owner);
    expect(ownerOfTemporary(`${name}2`)).toBe(owner);
  });

  test.each([".pullone-.tmp", ".pullone-7.tmp3", "a.pullone-7.tmp", "model.safetensors", ".pullone-7"])(
    "%s is none of ours",
    (name) => {
      expect(ownerOfTemporary(name)).toBeUndefined();
    },
  );
});

test.each([
  ["ENOENT", "there is nothing of that name"],
  ["EACCES", "permission is denied"],
  ["ERR_ACCESS_DENIED", "permission is denied"],
  ["EPERM", "permission is denied"],
  ["EROFS", "the file system is read-only"],
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the disk quota is used up"],
  ["EFBIG", "the file would be larger than allowed"],
  ["EIO", "the disk reports an error"],
  ["ENOTDIR", "a part of the path is no folder"],
  ["EISDIR", "it is a folder"],
  ["ELOOP", "its links lead in a circle"],
  ["ENAMETOOLONG", "the name is too long"],
  ["EEXIST", "that name is taken"],
  ["EMFILE", "too many files are open"],
  ["EXDEV", "it lies on another device"],
  ["ENETDOWN", "the system says ENETDOWN"],
])("%s in words: %s", (code, words) => {
  expect(reasonOf(Object.assign(new Error(`${code}: x`), { code }))).toBe(words);
});
