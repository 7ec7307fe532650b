// The file system of Node behind our contract, and nothing else.

import { access, constants, mkdir, open, realpath, rename, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { codeOf, type Files } from "./files.ts";

const CHUNK_BYTES = 1 << 18;

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** @param owner a text no other living process has, such as the number of this one */
export function diskFiles(owner: string): Files {
  return {
    owner,
    status: async (path) => {
      try {
        const found = await stat(path);
        const kind = found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";
        return { kind, bytes: found.size, modified: found.mtimeMs, mode: found.mode & 0o7777 };
      } catch (error) {
        if (codeOf(error) === "ENOENT") return undefined;
        throw error;
      }
    },
    realPath: (path) => realpath(path),
    isWritable: (path) =>
      access(path, constants.W_OK).then(
        () => true,
        () => false,
      ),
    read: async function* (path) {
      const handle = await open(path, "r");
      try {
        for (;;) {
          // A new buffer each time: whoever reads may keep what it was given.
          const { buffer, bytesRead } = await handle.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES, null);
          if (bytesRead === 0) return;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        await handle.close();
      }
    },
    create: async (path, mode) => {
      const handle = await open(path, "wx", mode ?? 0o666);
      if (mode !== undefined) await handle.chmod(mode).catch(() => {});
      return {
        write: async (bytes) => (await handle.write(bytes, 0, bytes.length)).bytesWritten,
        sync: () => handle.sync(),
        close: () => handle.close(),
      };
    },
    rename: (from, to) => rename(from, to),
    remove: (path) => unlink(path),
    makeFolder: async (path) => {
      // One by one: the recursive mkdir of Node tries for ever in a folder that takes none, such as /proc.
      const absent: string[] = [];
      for (let at = resolve(path); at !== dirname(at) && !(await isFolder(at)); at = dirname(at)) {
        absent.unshift(at);
      }
      for (const folder of absent) {
        await mkdir(folder).catch(async (error) => {
          if (!(await isFolder(folder))) throw error; // else another process has just made it
        });
      }
    },
    removeFolder: (path) => rmdir(path),
    syncFolder: async (path) => {
      // Windows keeps no handle on a folder and makes renames last by itself.
      if (process.platform === "win32") return;
      const handle = await open(path, "r");
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}
