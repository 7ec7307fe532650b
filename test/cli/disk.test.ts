import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { diskFiles } from "../../src/cli/disk.ts";
import { CHANGED, isLink, readStream, readWhole } from "../../src/cli/files.ts";
import { makeFolders, writeFolder } from "../../src/cli/folders.ts";
import { assertOutputIsNoInput } from "../../src/cli/outputs.ts";
import { writeWhole } from "../../src/cli/writing.ts";

const files = diskFiles("1");
const text = (s: string) => new TextEncoder().encode(s);
let folder = "";
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pullone-disk-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the real disk", () => {
  test("a file of a megabyte is written whole and read back byte for byte", async () => {
    const bytes = Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 7) & 255);
    await writeWhole(files, at("big"), bytes);
    expect(Buffer.compare(await readWhole(files, at("big"), 1 << 20), bytes)).toBe(0);
  });

  test("replacing keeps the permissions and follows the link", async () => {
    writeFileSync(at("old"), "old");
    chmodSync(at("old"), 0o640);
    symlinkSync("old", at("link"));
    await writeWhole(files, at("link"), text("new"));
    expect(readFileSync(at("old"), "utf8")).toBe("new");
    expect(statSync(at("old")).mode & 0o777).toBe(0o640);
    await expect(assertOutputIsNoInput(files, at("link"), [at("old")])).rejects.toThrow("a file of its own");
  });

  test("nothing where a file could be has no status, and a file in the place of a folder is a failure", async () => {
    expect(await files.status(at("absent"))).toBeUndefined();
    writeFileSync(at("flat"), "");
    await expect(files.status(at("flat/inner"))).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  test("a link to nothing, through another link, is written where it points", async () => {
    mkdirSync(at("elsewhere"));
    symlinkSync("elsewhere/second", at("first"));
    symlinkSync("third", at("elsewhere/second"));
    await writeWhole(files, at("first"), text("new"));
    expect(readFileSync(at("elsewhere/third"), "utf8")).toBe("new");
    expect(readlinkSync(at("first"))).toBe("elsewhere/second");
    expect(readdirSync(at("elsewhere")).sort()).toEqual(["second", "third"]);
    expect([...(await files.names(at("elsewhere")))].sort()).toEqual(["second", "third"]);
  });

  test("a folder appears whole, and its files are replaced later without touching others", async () => {
    await writeFolder(files, at("runs/a-1"), new Map([["model", text("1")]]));
    writeFileSync(at("runs/a-1/notes"), "mine");
    await writeFolder(files, at("runs/a-1"), new Map([["model", text("2")]]));
    expect(readdirSync(at("runs/a-1")).sort()).toEqual(["model", "notes"]);
    expect(readFileSync(at("runs/a-1/model"), "utf8")).toBe("2");
    expect(readdirSync(at("runs"))).toEqual(["a-1"]);
  });

  test("folders are made with their parents, and a file in the way is a failure", async () => {
    await makeFolders(files, at("p/q/r"));
    await makeFolders(files, at("p/q/r"));
    expect(statSync(at("p/q/r")).isDirectory()).toBe(true);
    writeFileSync(at("p/file"), "");
    await expect(files.makeFolder(at("p/file"))).rejects.toThrow("EEXIST");
    await expect(makeFolders(files, at("p/file/r"))).rejects.toThrow("a part of the path is no folder");
  });

  test.runIf(existsSync("/proc/self"))("in /proc nothing can be made, and that is said at once", async () => {
    const refusal = "/proc/x: expected a place to write to, but";
    await expect(writeFolder(files, "/proc/x", new Map([["model", text("1")]]))).rejects.toThrow(refusal);
    await expect(writeWhole(files, "/proc/x", text("1"))).rejects.toThrow(refusal);
  });

  test("a folder, a missing file, a device and a name of 5,000 characters cannot be read", async () => {
    const reading = (path: string) => readWhole(files, path, 100);
    await expect(reading(folder)).rejects.toThrow("expected a file, got a folder");
    await expect(reading(at("none"))).rejects.toThrow("expected a file, found nothing there");
    await expect(reading("/dev/null")).rejects.toThrow("expected a regular file, got a device");
    await expect(reading("x".repeat(5000))).rejects.toThrow("the name is too long");
  });

  test("a file replaced while it is read is read as it was, one written to is refused", async () => {
    writeFileSync(at("read"), "one\n");
    const old: Uint8Array[] = [];
    for await (const chunk of readStream(files, at("read"))) {
      old.push(Uint8Array.from(chunk));
      await writeWhole(files, at("read"), text("another\n"));
    }
    expect(Buffer.concat(old).toString()).toBe("one\n");
    const reading = readStream(files, at("read"));
    await reading.next();
    writeFileSync(at("read"), "longer than it was\n");
    await expect(reading.next()).resolves.toMatchObject({ done: false });
    await expect(reading.next()).rejects.toThrow("expected a file at rest");
  });

  test("a named pipe is refused without waiting for a writer", async ({ skip }) => {
    try {
      execFileSync("mkfifo", [at("pipe")]);
    } catch {
      skip("no mkfifo here");
    }
    await expect(readWhole(files, at("pipe"), 100)).rejects.toThrow("a named pipe");
    await expect(readStream(files, at("pipe")).next()).rejects.toThrow("a named pipe");
  });

  test("no file and no folder stays open", async ({ skip }) => {
    const open = () => readdirSync("/proc/self/fd").length;
    if (!existsSync("/proc/self/fd")) skip("open files are counted in /proc, which is not here");
    writeFileSync(at("shut"), "x");
    const before = open();
    for (let i = 0; i < 20; i++) {
      await files.syncFolder(folder);
      await writeWhole(files, at("shut"), text("y"));
      await readWhole(files, at("shut"), 1);
    }
    expect(open()).toBeLessThan(before + 10);
  });

  test("a device is no place for an output", async ({ skip }) => {
    if (!statSync("/dev/full", { throwIfNoEntry: false })) skip("no /dev/full here");
    await expect(writeWhole(files, "/dev/full", text("x"))).rejects.toMatchObject({
      code: "output_uncreatable",
    });
  });

  test("links that lead in a circle are followed to their end, and no further", async () => {
    symlinkSync("circle", at("circle"));
    await expect(files.realPath(at("circle"))).rejects.toThrow("ELOOP");
    await expect(writeWhole(files, at("circle"), text("x"))).rejects.toThrow("its links lead in a circle");
    await expect(files.realPath(at("none/none"))).rejects.toThrow("ENOENT");
    // A circle that the system does not see as one: it stops at the part that is not there.
    symlinkSync("none/../back", at("back"));
    await expect(files.realPath(at("back"))).rejects.toThrow("ENOENT");
  });

  test("a link is told from what is none, also one to nothing and one in a circle", async () => {
    const names = ["a file", "a folder", "to a file", "to nothing", "in a circle", "not there"];
    mkdirSync(at("told"));
    writeFileSync(at("told/a file"), "");
    mkdirSync(at("told/a folder"));
    symlinkSync("a file", at("told/to a file"));
    symlinkSync("nowhere", at("told/to nothing"));
    symlinkSync("in a circle", at("told/in a circle"));
    const told = await Promise.all(names.map((name) => isLink(files, at(`told/${name}`))));
    expect(told).toEqual([false, false, true, true, true, false]);
  });

  test("a file that is longer or later after it was read was changed, also by a byte put in the place of one", async () => {
    const readWith = async (change: () => void) => {
      writeFileSync(at("rest"), "one");
      utimesSync(at("rest"), 1000, 1000);
      const reading = files.read(at("rest"))[Symbol.asyncIterator]();
      await reading.next();
      change();
      return reading.next();
    };
    await expect(readWith(() => {})).resolves.toMatchObject({ done: true });
    await expect(readWith(() => utimesSync(at("rest"), 1000, 1001))).rejects.toMatchObject({ code: CHANGED });
    const shorter = () => {
      writeFileSync(at("rest"), "on");
      utimesSync(at("rest"), 1000, 1000);
    };
    await expect(readWith(shorter)).rejects.toMatchObject({ code: CHANGED });
  });

  test("a new file has the permissions that are asked for, whatever the mask of the process", async () => {
    const open = await files.create(at("open"), 0o666);
    await open.close();
    await expect(open.write(text("x"))).rejects.toMatchObject({ code: "EBADF" });
    await (await files.create(at("masked"))).close();
    expect(statSync(at("open")).mode & 0o777).toBe(0o666);
    expect(statSync(at("masked")).mode & 0o777).toBe(0o666 & ~process.umask());
    await expect(files.create(at("open"))).rejects.toThrow("EEXIST");
    expect(await files.status(at("open"))).toEqual({ kind: "file", bytes: 0, mode: 0o666 });
  });

  test("a folder is synced where the system can, and a missing one is a failure", async () => {
    expect([await files.isWritable(folder), await files.isWritable(at("none"))]).toEqual([true, false]);
    await expect(files.syncFolder(folder)).resolves.toBeUndefined();
    await expect(files.syncFolder(at("none"))).rejects.toThrow("ENOENT");
    const platform = Object.getOwnPropertyDescriptor(process, "platform")!;
    Object.defineProperty(process, "platform", { ...platform, value: "win32" });
    try {
      await expect(files.syncFolder(at("none"))).resolves.toBeUndefined();
    } finally {
      Object.defineProperty(process, "platform", platform);
    }
  });
});

test("an fsync that the permission model takes away is no failure, and any other is one", async () => {
  const handle = await open(at("denied"), "w");
  const denied = Object.assign(new Error("denied"), { code: "ERR_ACCESS_DENIED" });
  const sync = vi.spyOn(Object.getPrototypeOf(handle), "sync").mockRejectedValue(denied);
  await handle.close();
  try {
    const plain = await files.create(at("plain"));
    await expect(plain.sync()).rejects.toBe(denied);
    await plain.close();
    Object.defineProperty(process, "permission", { value: { has: () => true }, configurable: true });
    vi.resetModules();
    const { diskFiles: diskUnderPermissions } = await import("../../src/cli/disk.ts");
    const file = await diskUnderPermissions("1").create(at("permitted"));
    await expect(file.sync()).resolves.toBeUndefined();
    sync.mockRejectedValue(Object.assign(new Error("broken"), { code: "EIO" }));
    await expect(file.sync()).rejects.toThrow("broken");
    await file.close();
  } finally {
    Reflect.deleteProperty(process, "permission");
    sync.mockRestore();
  }
});

test("an older file stays under its second name on a real disk, too", async () => {
  writeFileSync(at("model"), "old");
  await writeWhole(files, at("model"), text("new"), { olderStaysAs: at("model.older") });
  await writeWhole(files, at("model"), text("newer"), { olderStaysAs: at("model.older") });
  expect([readFileSync(at("model"), "utf8"), readFileSync(at("model.older"), "utf8")]).toEqual([
    "newer",
    "new",
  ]);
});
