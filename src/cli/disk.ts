// The file system of Node behind our contract, and nothing else.

import {
  access,
  chmod,
  constants,
  link,
  mkdir,
  readdir,
  readlink,
  realpath,
  rename,
  rmdir,
  stat,
  unlink,
} from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { CHANGED, codeOf, type Files } from "./files.ts";

// Of node:fs/promises, Node 20.19 rejects two promises when its permission model refuses, and ends with the second.
const system = {
  access: promisify(access),
  chmod: promisify(chmod),
  link: promisify(link),
  mkdir: promisify(mkdir),
  readdir: promisify(readdir) as (folder: string) => Promise<string[]>,
  readlink: promisify(readlink),
  realPath: promisify(realpath.native),
  rename: promisify(rename),
  rmdir: promisify(rmdir),
  stat: promisify(stat),
  unlink: promisify(unlink),
};

const CHUNK_BYTES = 1 << 18;

/** Links after which a path is said to lead in a circle. Source: path_resolution(7) of Linux. */
const MOST_LINKS = 40;

async function placeOf(path: string, links = 0): Promise<string> {
  try {
    return await system.realPath(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || links > MOST_LINKS) throw error;
    // There is nothing at its end, or there is a link to nothing, and what is written goes where that points.
    const folder = await system.realPath(dirname(path));
    const here = join(folder, basename(path));
    const to = await system.readlink(here).catch(() => undefined);
    return to === undefined ? here : placeOf(resolve(folder, to), links + 1);
  }
}

/** The permission model of Node 24 takes fsync away; a file opened like this is on the disk when a write returns. */
const SYNCED = process.permission === undefined ? 0 : constants.O_SYNC;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | SYNCED;

function unlessUnsyncable(error: unknown): void {
  if (process.permission === undefined || codeOf(error) !== "EACCES") throw error;
}

/** @param owner a text no other living process has, such as the number of this one */
export function diskFiles(owner: string): Files {
  return {
    owner,
    names: (folder) => system.readdir(folder),
    status: async (path) => {
      try {
        const found = await system.stat(path);
        const kind = found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";
        return { kind, bytes: found.size, mode: found.mode & 0o7777 };
      } catch (error) {
        if (codeOf(error) === "ENOENT") return undefined;
        throw error;
      }
    },
    realPath: (path) => placeOf(path),
    isWritable: (path) =>
      system.access(path, constants.W_OK).then(
        () => true,
        () => false,
      ),
    read: async function* (path) {
      const handle = await open(path, "r");
      // One buffer for all: of new ones 40 MB lie about, dead, before the engine takes them back.
      const chunk = new Uint8Array(CHUNK_BYTES);
      try {
        const before = await handle.stat();
        for (;;) {
          const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, null);
          if (bytesRead === 0) break;
          yield chunk.subarray(0, bytesRead);
        }
        const after = await handle.stat();
        if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
          throw Object.assign(new Error(`${path} was changed`), { code: CHANGED });
        }
      } finally {
        await handle.close();
      }
    },
    create: async (path, mode) => {
      const handle = await open(path, NEW_FILE, mode ?? 0o666);
      // What the mask of the process has taken away.
      if (mode !== undefined) {
        await handle.chmod(mode).catch(() => system.chmod(path, mode).catch(() => {}));
      }
      return {
        write: async (bytes) => (await handle.write(bytes, 0, bytes.length)).bytesWritten,
        sync: () => handle.sync().catch(unlessUnsyncable),
        close: () => handle.close(),
      };
    },
    rename: (from, to) => system.rename(from, to),
    link: (from, to) => system.link(from, to),
    remove: (path) => system.unlink(path),
    makeFolder: (path) => system.mkdir(path),
    removeFolder: (path) => system.rmdir(path),
    syncFolder: async (path) => {
      // Windows keeps no handle on a folder and makes renames last by itself.
      if (process.platform === "win32") return;
      const handle = await open(path, "r");
      try {
        await handle.sync().catch(unlessUnsyncable);
      } finally {
        await handle.close();
      }
    },
  };
}
