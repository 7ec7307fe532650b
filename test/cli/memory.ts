// A whole world in memory: files, outputs and a clock, so that a command is a test without a process.

import { posix } from "node:path";
import type { FileStatus, Files } from "../../src/cli/files.ts";
import type { Io } from "../../src/cli/io.ts";
import { run } from "../../src/cli/program.ts";

type Entry =
  | { kind: "file"; bytes: Uint8Array; inode: number; mode: number }
  | { kind: "folder" }
  | { kind: "other" }
  | { kind: "link"; to: string };

/** What the disk does at each operation: return a POSIX code to let it fail. */
export type Fault = (operation: string, path: string) => string | undefined;

export interface Disk {
  readonly files: Files;
  readonly entries: Map<string, Entry>;
  /** Every operation that changes something, in order. */
  readonly log: string[];
  fault: Fault;
  /** How many bytes one write takes at most. */
  writeLimit: number;
  /** In the place of what the file held: whoever is reading it sees it change. */
  readonly put: (path: string, text: string | Uint8Array) => void;
  readonly text: (path: string) => string;
  readonly bytes: (path: string) => Uint8Array;
  /** Paths of all files, sorted. */
  readonly list: () => string[];
}

export const CWD = "/home";

export function memoryDisk(contents: Readonly<Record<string, string | Uint8Array>> = {}): Disk {
  const entries = new Map<string, Entry>([
    ["/", { kind: "folder" }],
    [CWD, { kind: "folder" }],
  ]);
  const absolute = (path: string) => posix.resolve(CWD, path);
  let inodes = 0;
  const log: string[] = [];
  const fail = (code: string, path: string): never => {
    throw Object.assign(new Error(`${code}: ${path}`), { code });
  };
  const follow = (path: string, depth = 0): string => {
    if (depth > 8) fail("ELOOP", path);
    const full = absolute(path);
    const parent = full === "/" ? "/" : follow(posix.dirname(full), depth);
    const here = full === "/" ? "/" : posix.join(parent, posix.basename(full));
    const entry = entries.get(here);
    return entry?.kind === "link" ? follow(entry.to, depth + 1) : here;
  };
  const attempt = (operation: string, path: string) => {
    log.push(`${operation} ${posix.relative(CWD, absolute(path))}`);
    const code = disk.fault(operation, path);
    if (code) fail(code, path);
  };
  const parentMustExist = (path: string) => {
    if (entries.get(posix.dirname(path))?.kind !== "folder") fail("ENOENT", path);
  };
  const files: Files = {
    owner: "7",
    names: async (folder) => {
      const parent = follow(folder);
      if (entries.get(parent)?.kind !== "folder") fail("ENOTDIR", folder);
      const inside = [...entries.keys()].filter((path) => path !== "/" && posix.dirname(path) === parent);
      return inside.map((path) => posix.basename(path));
    },
    status: async (path) => {
      if (path.length > 4096) fail("ENAMETOOLONG", path);
      const entry = entries.get(follow(path));
      if (!entry || entry.kind === "link") return undefined;
      if (entry.kind !== "file") return { kind: entry.kind, bytes: 0, mode: 0o755 } as FileStatus;
      return { kind: "file", bytes: entry.bytes.length, mode: entry.mode };
    },
    realPath: async (path) => {
      const real = follow(path);
      parentMustExist(real);
      return real;
    },
    isWritable: async (path) => disk.fault("access", path) === undefined,
    read: async function* (path) {
      const code = disk.fault("read", path);
      if (code) fail(code, path);
      const entry = entries.get(follow(path));
      if (entry?.kind !== "file") return fail("ENOENT", path);
      const chunk = new Uint8Array(4096);
      for (let at = 0; at < entry.bytes.length; at += chunk.length) {
        const bytes = entry.bytes.subarray(at, at + chunk.length);
        chunk.fill(0xff).set(bytes);
        yield chunk.subarray(0, bytes.length);
      }
      const now = entries.get(absolute(path));
      if (now?.kind === "file" && now.inode === entry.inode && now !== entry) fail("ESTALE", path);
    },
    create: async (path, mode) => {
      attempt("create", path);
      const real = follow(path);
      if (entries.has(real)) fail("EEXIST", path);
      parentMustExist(real);
      const file = {
        kind: "file" as const,
        bytes: new Uint8Array(0),
        inode: ++inodes,
        mode: mode ?? 0o644,
      };
      entries.set(real, file);
      return {
        write: async (bytes) => {
          attempt("write", path);
          const taken = bytes.subarray(0, disk.writeLimit);
          const longer = new Uint8Array(file.bytes.length + taken.length);
          longer.set(file.bytes);
          longer.set(taken, file.bytes.length);
          file.bytes = longer;
          return taken.length;
        },
        sync: async () => attempt("sync", path),
        close: async () => attempt("close", path),
      };
    },
    rename: async (from, to) => {
      attempt("rename", to);
      const source = absolute(from);
      const target = absolute(to);
      parentMustExist(target);
      if ([...entries.keys()].some((path) => path.startsWith(`${target}/`))) fail("ENOTEMPTY", to);
      for (const [path, entry] of [...entries]) {
        if (path !== source && !path.startsWith(`${source}/`)) continue;
        entries.delete(path);
        entries.set(target + path.slice(source.length), entry);
      }
    },
    link: async (from, to) => {
      attempt("link", to);
      const entry = entries.get(absolute(from)) ?? fail("ENOENT", from);
      if (entries.has(absolute(to))) fail("EEXIST", to);
      entries.set(absolute(to), entry);
    },
    remove: async (path) => {
      attempt("remove", path);
      if (!entries.delete(absolute(path))) fail("ENOENT", path);
    },
    makeFolder: async (path) => {
      attempt("makeFolder", path);
      const real = follow(path);
      if (entries.has(real)) fail("EEXIST", path);
      parentMustExist(real);
      entries.set(real, { kind: "folder" });
    },
    removeFolder: async (path) => {
      attempt("removeFolder", path);
      const full = absolute(path);
      if ([...entries.keys()].some((other) => other.startsWith(`${full}/`))) fail("ENOTEMPTY", path);
      entries.delete(full);
    },
    syncFolder: async (path) => attempt("syncFolder", path),
  };
  const bytes = (path: string) => {
    const entry = entries.get(follow(path));
    return entry?.kind === "file" ? entry.bytes : fail("ENOENT", path);
  };
  const disk: Disk = {
    files,
    entries,
    log,
    fault: () => undefined,
    writeLimit: Number.POSITIVE_INFINITY,
    put: (path, content) => {
      for (let at = posix.dirname(absolute(path)); !entries.has(at); at = posix.dirname(at)) {
        entries.set(at, { kind: "folder" });
      }
      const data = typeof content === "string" ? new TextEncoder().encode(content) : content;
      const older = entries.get(absolute(path));
      const inode = older?.kind === "file" ? older.inode : ++inodes;
      entries.set(absolute(path), { kind: "file", bytes: data, inode, mode: 0o644 });
    },
    text: (path) => new TextDecoder().decode(bytes(path)),
    bytes,
    list: () =>
      [...entries]
        .filter(([, entry]) => entry.kind === "file")
        .map(([path]) => posix.relative(CWD, path))
        .sort((a, b) => (a < b ? -1 : 1)),
  };
  for (const [path, content] of Object.entries(contents)) disk.put(path, content);
  return disk;
}

export interface World {
  readonly io: Io;
  readonly disk: Disk;
  readonly spoken: { out: string; err: string };
  readonly ending: AbortController;
}

export interface WorldOptions {
  readonly disk?: Disk;
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  readonly columns?: number;
  readonly now?: () => number;
  /** The POSIX code with which standard output fails, and after how many writes. */
  readonly outFails?: { readonly code: string; readonly after: number };
}

export function memoryWorld(options: WorldOptions = {}): World {
  const disk = options.disk ?? memoryDisk();
  const spoken = { out: "", err: "" };
  const ending = new AbortController();
  const isTerminal = options.terminal ?? false;
  const columns = options.columns ?? 100;
  let writes = 0;
  const io: Io = {
    out: {
      isTerminal,
      columns,
      write: async (text) => {
        if (options.outFails && writes++ >= options.outFails.after) {
          const { code } = options.outFails;
          throw Object.assign(new Error(`write ${code}`), { code, syscall: "write" });
        }
        spoken.out += text;
      },
    },
    err: {
      isTerminal,
      columns,
      write: async (text) => {
        spoken.err += text;
      },
    },
    stdin: (async function* () {
      const bytes =
        typeof options.stdin === "string" ? new TextEncoder().encode(options.stdin) : options.stdin;
      if (bytes) yield bytes;
    })(),
    stdinIsTerminal: options.stdin === undefined,
    files: disk.files,
    env: options.env ?? {},
    cwd: CWD,
    version: "1.2.3",
    now: options.now ?? (() => 0),
    signal: ending.signal,
  };
  return { io, disk, spoken, ending };
}

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly disk: Disk;
}

/** Runs one command in a world of its own, or on a disk that is handed in. */
export async function runIn(argv: readonly string[], options: WorldOptions = {}): Promise<Outcome> {
  const world = memoryWorld(options);
  const code = await run(argv, world.io);
  return { code, ...world.spoken, disk: world.disk };
}
