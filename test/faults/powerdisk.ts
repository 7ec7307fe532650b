// A disk in memory that loses power: what a write, a rename or a new name is worth before fsync has made it last.
//
// At a cut each write since a file's last fsync is kept, dropped or torn, in any combination, and a file may have grown
// without its bytes (zeros). Changes of folders since their last fsync are lost from some point on, as a journal loses
// them, or, harsher than any file system in use, each by itself. Source: Pillai et al., All File Systems Are Not
// Created Equal (OSDI 2014), and the model of SQLite's crash tests.

import { posix } from "node:path";
import type { Files } from "../../src/cli/files.ts";

export type Random = () => number;

interface FileNode {
  readonly kind: "file";
  bytes: Uint8Array;
  safe: Uint8Array;
  /** Since the last fsync. */
  writes: { readonly at: number; readonly bytes: Uint8Array }[];
}

interface FolderNode {
  readonly kind: "folder";
  readonly entries: Map<string, Node>;
  readonly safe: Map<string, Node>;
}

type Node = FileNode | FolderNode;

/** A change of names that is not on the disk yet: a name comes, goes, or both at once. */
interface Change {
  readonly gone: { readonly folder: FolderNode; readonly name: string } | undefined;
  readonly come: { readonly folder: FolderNode; readonly name: string; readonly node: Node } | undefined;
}

/** What stands on the disk when power is back. */
export interface Remains {
  /** Undefined when there is no file of that name. */
  readonly read: (path: string) => Uint8Array | undefined;
  readonly names: (folder: string) => readonly string[];
}

export interface PowerDisk {
  readonly files: Files;
  /** Called before each operation that changes something: a POSIX code lets it fail; "short" and "nothing" are writes of half, or none, of the bytes. */
  before: (operation: Operation) => string | undefined;
  /** A file that has long been safe. */
  readonly put: (path: string, bytes: Uint8Array) => void;
  readonly read: (path: string) => Uint8Array | undefined;
  /** Paths of all files and folders. */
  readonly list: () => string[];
  /** What a power cut at this moment leaves; the disk itself goes on. */
  readonly cut: (random: Random) => Remains;
}

export type Operation =
  | "create"
  | "write"
  | "sync"
  | "close"
  | "rename"
  | "link"
  | "remove"
  | "makeFolder"
  | "removeFolder"
  | "syncFolder";

const folderNode = (): FolderNode => ({ kind: "folder", entries: new Map(), safe: new Map() });

/** An error as the system gives it. */
function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

export function powerDisk(): PowerDisk {
  const root = folderNode();
  let pending: Change[] = [];

  const find = (path: string): Node | undefined => {
    let node: Node | undefined = root;
    for (const name of posix.resolve("/", path).split("/")) {
      if (name === "") continue;
      node = node?.kind === "folder" ? node.entries.get(name) : undefined;
    }
    return node;
  };
  const placeOf = (path: string) => {
    const folder = find(posix.dirname(posix.resolve("/", path)));
    if (folder?.kind !== "folder") throw systemError("ENOENT", path);
    return { folder, name: posix.basename(path) };
  };
  const change = (gone: Change["gone"], come: Change["come"]) => {
    gone?.folder.entries.delete(gone.name);
    come?.folder.entries.set(come.name, come.node);
    pending.push({ gone, come });
  };
  /** The share of its bytes that a write takes. */
  const attempt = (operation: Operation, path: string): number => {
    const fault = disk.before(operation);
    if (fault === undefined) return 1;
    if (fault === "short") return 0.5;
    if (fault === "nothing") return 0;
    throw systemError(fault, path);
  };
  const expectKind = (path: string, kind: Node["kind"]): Node => {
    const node = find(path);
    if (!node) throw systemError("ENOENT", path);
    if (node.kind !== kind) throw systemError(kind === "folder" ? "ENOTDIR" : "EISDIR", path);
    return node;
  };

  const files: Files = {
    owner: "7",
    names: async (folder) => {
      const node = expectKind(folder, "folder");
      return node.kind === "folder" ? [...node.entries.keys()] : [];
    },
    status: async (path) => {
      const node = find(path);
      if (!node) return undefined;
      const bytes = node.kind === "file" ? node.bytes.length : 0;
      return { kind: node.kind, bytes, modified: 0, mode: 0o644 };
    },
    realPath: async (path) => posix.resolve("/", path),
    isWritable: async () => true,
    read: async function* (path) {
      const node = expectKind(path, "file");
      if (node.kind === "file") yield node.bytes;
    },
    create: async (path) => {
      attempt("create", path);
      const place = placeOf(path);
      if (place.folder.entries.has(place.name)) throw systemError("EEXIST", path);
      const node: FileNode = { kind: "file", bytes: new Uint8Array(0), safe: new Uint8Array(0), writes: [] };
      change(undefined, { ...place, node });
      return {
        write: async (bytes) => {
          const taken = bytes.slice(0, Math.ceil(bytes.length * attempt("write", path)));
          node.writes.push({ at: node.bytes.length, bytes: taken });
          node.bytes = joined(node.bytes, taken);
          return taken.length;
        },
        sync: async () => {
          attempt("sync", path);
          node.safe = node.bytes;
          node.writes = [];
        },
        close: async () => void attempt("close", path),
      };
    },
    rename: async (from, to) => {
      attempt("rename", to);
      const node = find(from);
      if (!node) throw systemError("ENOENT", from);
      const there = find(to);
      if (there?.kind === "folder" && (node.kind === "file" || there.entries.size > 0))
        throw systemError(node.kind === "file" ? "EISDIR" : "ENOTEMPTY", to);
      // Of two names of one file both stay: so says POSIX.
      if (there !== node) change(placeOf(from), { ...placeOf(to), node });
    },
    link: async (from, to) => {
      attempt("link", to);
      const node = expectKind(from, "file");
      if (find(to)) throw systemError("EEXIST", to);
      change(undefined, { ...placeOf(to), node });
    },
    remove: async (path) => {
      attempt("remove", path);
      expectKind(path, "file");
      change(placeOf(path), undefined);
    },
    makeFolder: async (path) => {
      attempt("makeFolder", path);
      if (find(path)) throw systemError("EEXIST", path);
      change(undefined, { ...placeOf(path), node: folderNode() });
    },
    removeFolder: async (path) => {
      attempt("removeFolder", path);
      const node = expectKind(path, "folder");
      if (node.kind === "folder" && node.entries.size > 0) throw systemError("ENOTEMPTY", path);
      change(placeOf(path), undefined);
    },
    syncFolder: async (path) => {
      attempt("syncFolder", path);
      const node = expectKind(path, "folder");
      const concerns = ({ gone, come }: Change) => gone?.folder === node || come?.folder === node;
      for (const one of pending) if (concerns(one)) keep(one, ({ safe }) => safe);
      pending = pending.filter((one) => !concerns(one));
    },
  };

  const list = (folder: FolderNode, path: string): string[] =>
    Array.from(folder.entries).flatMap(([name, node]) => {
      const here = `${path}/${name}`;
      return node.kind === "folder" ? [here, ...list(node, here)] : [here];
    });
  const disk: PowerDisk = {
    files,
    before: () => undefined,
    put: (path, bytes) => {
      let folder = root;
      for (const name of posix.dirname(path).split("/").slice(1)) {
        if (name === "") continue;
        const next = folder.entries.get(name) ?? folderNode();
        folder.entries.set(name, next);
        folder.safe.set(name, next);
        folder = next as FolderNode;
      }
      const node: FileNode = { kind: "file", bytes, safe: bytes, writes: [] };
      folder.entries.set(posix.basename(path), node);
      folder.safe.set(posix.basename(path), node);
    },
    read: (path) => {
      const node = find(path);
      return node?.kind === "file" ? node.bytes : undefined;
    },
    list: () => list(root, "").sort(),
    cut: (random) => remainsOf(root, pending, random),
  };
  return disk;
}

/** Makes a change in the maps that `of` takes from its folders. */
function keep({ gone, come }: Change, of: (folder: FolderNode) => Map<string, Node>): void {
  if (gone) of(gone.folder).delete(gone.name);
  if (come) of(come.folder).set(come.name, come.node);
}

function remainsOf(root: FolderNode, pending: readonly Change[], random: Random): Remains {
  const after = new Map<FolderNode, Map<string, Node>>();
  const entriesOf = (folder: FolderNode) => {
    const entries = after.get(folder) ?? new Map(folder.safe);
    after.set(folder, entries);
    return entries;
  };
  const isJournal = random() < 0.5;
  const kept = isJournal ? Math.floor(random() * (pending.length + 1)) : pending.length;
  for (const change of pending.slice(0, kept)) if (isJournal || random() < 0.5) keep(change, entriesOf);
  const find = (path: string): Node | undefined => {
    let node: Node | undefined = root;
    for (const name of path.split("/")) {
      if (name === "") continue;
      node = node?.kind === "folder" ? (after.get(node) ?? node.safe).get(name) : undefined;
    }
    return node;
  };
  return {
    read: (path) => {
      const node = find(path);
      return node?.kind === "file" ? bytesAfter(node, random) : undefined;
    },
    names: (folder) => {
      const node = find(folder);
      return node?.kind === "folder" ? [...(after.get(node) ?? node.safe).keys()] : [];
    },
  };
}

/** Each write since the last fsync is kept, dropped, torn, or has left zeros. */
function bytesAfter({ safe, writes }: FileNode, random: Random): Uint8Array {
  let bytes = safe;
  for (const write of writes) {
    const fate = random();
    if (fate < 0.3) continue;
    const arrived = fate < 0.6 ? Math.floor(random() * write.bytes.length) : write.bytes.length;
    const end = write.at + (fate < 0.45 ? write.bytes.length : arrived);
    const longer = new Uint8Array(Math.max(bytes.length, end));
    longer.set(bytes);
    longer.set(write.bytes.subarray(0, arrived), write.at);
    bytes = longer;
  }
  return bytes;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
