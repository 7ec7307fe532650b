// Power cuts and failing calls against a way of saving: what must be found on the disk afterwards, whatever happened.

import { posix } from "node:path";
import type { Files } from "../../src/cli/files.ts";
import { PulloneError } from "../../src/errors.ts";
import { randomStream } from "../../src/random.ts";
import { type Operation, type PowerDisk, powerDisk, type Random } from "./powerdisk.ts";

/** Paths and what they hold, in the order in which they may become new. */
export type Contents = ReadonlyMap<string, Uint8Array>;

export interface Saving {
  readonly name: string;
  /** The files of one save. */
  readonly paths: readonly string[];
  /** The first save finds these files, of other bytes; without, it finds nothing. */
  readonly isOver: boolean;
  /** A power cut shows either no file or all of them, where there was none. */
  readonly isTogether?: boolean;
  /** What the next save writes; other bytes for each file if this is not said. */
  readonly next?: (before: Contents, fresh: Contents) => Contents;
  /** Files that may stay old, in any order with the others, and also after the save has returned. */
  readonly mayLag?: readonly string[];
  readonly save: (files: Files, contents: Contents, random: Random) => Promise<void>;
}

/** A file of somebody else, which nothing may touch. */
const NOTES = "/d/notes.txt";
const POOL = (() => {
  const random = randomStream(1, "init");
  return Uint8Array.from({ length: 1 << 16 }, () => Math.floor(random() * 256));
})();

function bytesFrom(random: Random): Uint8Array {
  const length = 1 + Math.floor(random() * 700);
  const at = Math.floor(random() * (POOL.length - length));
  return POOL.subarray(at, at + length);
}

const contentsFor = (saving: Saving, random: Random): Contents =>
  new Map(saving.paths.map((path) => [path, bytesFrom(random)]));

const nextFor = (saving: Saving, before: Contents, random: Random): Contents => {
  const fresh = contentsFor(saving, random);
  return saving.next?.(before, fresh) ?? fresh;
};

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;
}

interface Moment {
  readonly before: Contents;
  readonly next: Contents;
  /** The save has returned. */
  readonly isDone: boolean;
}

/** What is wrong with the files that are found; undefined when nothing is. */
function judge(
  saving: Saving,
  read: (path: string) => Uint8Array | undefined,
  { before, next, isDone }: Moment,
): string | undefined {
  if (!isSame(read(NOTES), POOL)) return "the file of somebody else has changed";
  const isNew: boolean[] = [];
  for (const path of saving.paths) {
    const found = read(path);
    const fresh = isSame(found, next.get(path));
    if (!fresh && !isSame(found, before.get(path)))
      return found === undefined
        ? `${path} is gone`
        : `${path} is neither the old nor the new file: ${found.length} bytes`;
    if (saving.mayLag?.includes(path)) continue;
    if (!fresh && isDone) return `${path} is old after the save has returned`;
    isNew.push(fresh);
  }
  if (saving.isTogether && before.size === 0 && isNew.includes(true) && isNew.includes(false))
    return "some files of the folder are there, others are not";
  // Each becomes new only after those before it.
  const first = isNew.indexOf(false);
  if (first >= 0 && isNew.indexOf(true, first) >= 0) return "a later file is new and an earlier one is not";
  return undefined;
}

export interface Hunt {
  readonly cases: number;
  readonly problems: readonly string[];
}

/** Cuts the power before and after every operation of saves after saves on one disk, `draws` outcomes each. */
export async function huntCuts(saving: Saving, cuts: number, seed: number, draws = 4): Promise<Hunt> {
  const random = randomStream(seed, "init");
  const problems: string[] = [];
  let cases = 0;
  while (cases < cuts && problems.length < 10) {
    const { disk, contents } = start(saving, random);
    let before = contents;
    for (let round = 0; round < 3; round++) {
      const next = nextFor(saving, before, random);
      let operations = 0;
      const look = (what: string, isDone: boolean) => {
        for (let draw = 0; draw < draws; draw++) {
          cases++;
          const problem = judge(saving, disk.cut(random).read, { before, next, isDone });
          if (problem) problems.push(`${saving.name}, power cut ${what}: ${problem}`);
        }
      };
      disk.before = (operation) => {
        look(`before operation ${++operations}, ${operation}`, false);
        return undefined;
      };
      await saving.save(disk.files, next, random);
      disk.before = () => undefined;
      look("after the save has returned", true);
      before = next;
    }
  }
  return { cases, problems };
}

/** "short": a write takes half of what it is given, "nothing": none. "full": nothing new finds room from there on. */
const FAULTS = ["EIO", "ENOSPC", "short", "nothing", "full"] as const;
const NEED_ROOM: readonly Operation[] = ["create", "write", "sync", "makeFolder"];

/** Lets one operation after the other fail; whatever is left must be old and whole, with no file of ours beside it. */
export async function huntFaults(saving: Saving, saves: number, seed: number): Promise<Hunt> {
  const random = randomStream(seed, "init");
  const problems: string[] = [];
  let cases = 0;
  for (let at = 1; cases < saves && problems.length < 10; ) {
    let reached = false;
    for (const fault of FAULTS) {
      const { disk, contents: before } = start(saving, random);
      const untouched = disk.list().filter((path) => !saving.paths.includes(path));
      const next = nextFor(saving, before, random);
      let operations = 0;
      let failed: Operation | undefined;
      disk.before = (operation) => {
        const hits = ++operations === at || (fault === "full" && operations > at);
        if (!hits || ((fault === "short" || fault === "nothing") && operation !== "write")) return undefined;
        if (fault === "full" && !NEED_ROOM.includes(operation)) return undefined;
        failed ??= operation;
        return fault === "full" ? "ENOSPC" : fault;
      };
      const outcome = await saving.save(disk.files, next, random).then(
        () => "saved" as const,
        (error: unknown) => error,
      );
      disk.before = () => undefined;
      reached ||= operations >= at;
      cases++;
      const say = (problem: string) =>
        problems.push(`${saving.name}, ${fault} at operation ${at}, ${failed}: ${problem}`);
      const isDone = outcome === "saved";
      if (!isDone && !(outcome instanceof PulloneError && outcome.code === "io_failed"))
        say(`expected io_failed, got ${String(outcome)}`);
      if (!isDone && fault === "short") say("a short write is no failure: the rest can be written");
      // Who writes again after a write of nothing may succeed.
      const isFailure = failed !== undefined && fault !== "short" && fault !== "nothing";
      if (isDone && isFailure && !saving.mayLag) say("the failure was not reported");
      const problem = judge(saving, disk.read, { before, next, isDone });
      if (problem) say(problem);
      if (!isDone && !mayBeNew(failed, saving) && judgeNew(saving, disk.read, next))
        say("the old file is gone");
      const left = disk.list().filter((path) => !saving.paths.includes(path) && !untouched.includes(path));
      if (left.some((path) => posix.basename(path).startsWith("."))) say(`left behind: ${left.join(" ")}`);
      if (!isDone && before.size === 0 && left.length > 0 && !judgeNew(saving, disk.read, next))
        say(`folders left behind: ${left.join(" ")}`);
      for (let draw = 0; draw < 4; draw++) {
        const later = judge(saving, disk.cut(random).read, { before, next, isDone });
        if (later) say(`after a power cut, ${later}`);
      }
    }
    at = reached ? at + 1 : 1;
  }
  return { cases, problems };
}

/** Names are given by then, and only whether they last is not known. */
function mayBeNew(failed: Operation | undefined, { paths }: Saving): boolean {
  return failed === "syncFolder" || failed === "removeFolder" || paths.length > 1;
}

function judgeNew(
  { paths }: Saving,
  read: (path: string) => Uint8Array | undefined,
  next: Contents,
): boolean {
  return paths.some((path) => isSame(read(path), next.get(path)));
}

/** A disk before the first save. */
function start(saving: Saving, random: Random): { readonly disk: PowerDisk; readonly contents: Contents } {
  const disk = powerDisk();
  disk.put(NOTES, POOL);
  const contents: Contents = saving.isOver ? contentsFor(saving, random) : new Map();
  for (const [path, bytes] of contents) disk.put(path, bytes);
  return { disk, contents };
}
