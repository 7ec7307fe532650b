// The ways in which pullone saves, for the hunts of cuts.ts, and wrong ones that the hunts must catch.

import { posix } from "node:path";
import type { Files, OpenFile } from "../../src/cli/files.ts";
import { writeFolder } from "../../src/cli/folders.ts";
import { RUN_FILES } from "../../src/cli/runfolder.ts";
import { openWhole, writeWhole } from "../../src/cli/writing.ts";
import { PulloneError } from "../../src/errors.ts";
import type { Contents, Saving } from "./cuts.ts";

const RUN = "/d/runs/tumor-1";
const run = RUN_FILES.map((name) => `${RUN}/${name}`);

const saveFile: Saving["save"] = async (files, contents) => {
  for (const [path, bytes] of contents) await writeWhole(files, path, bytes);
};

const saveInPieces: Saving["save"] = async (files, contents, random) => {
  for (const [path, bytes] of contents) {
    const file = await openWhole(files, path);
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + Math.floor(random() * 300);
      await file.write(bytes.subarray(at, at + length));
      at += length;
    }
    await file.commit();
  }
};

const saveRun: Saving["save"] = (files, contents) =>
  writeFolder(files, RUN, new Map(Array.from(contents, ([path, bytes]) => [posix.basename(path), bytes])));

const [NEWEST, PREVIOUS] = ["/d/run.checkpoint", "/d/run.checkpoint.previous"];

/** The newest is replaced, and stays under the name of the one before it, which may fail and is then not renewed. */
const checkpoint: Saving = {
  name: "a checkpoint over an old one, which stays as the previous one",
  paths: [PREVIOUS!, NEWEST!],
  isOver: true,
  next: (before, fresh) => new Map([...fresh, [PREVIOUS!, before.get(NEWEST!)!]]),
  mayLag: [PREVIOUS!],
  save: (files, contents) => writeWhole(files, NEWEST!, contents.get(NEWEST!)!, { olderStaysAs: PREVIOUS! }),
};

/** Everything that writes uses one of these four ways. */
export const savings: readonly Saving[] = [
  { name: "a new file", paths: ["/d/model"], isOver: false, save: saveFile },
  { name: "a file over an old one", paths: ["/d/model"], isOver: true, save: saveFile },
  { name: "a new file in pieces", paths: ["/d/answers.csv"], isOver: false, save: saveInPieces },
  { name: "a file in pieces over an old one", paths: ["/d/answers.csv"], isOver: true, save: saveInPieces },
  { name: "the folder of a new run", paths: run, isOver: false, isTogether: true, save: saveRun },
  { name: "the folder of a run over an old one", paths: run, isOver: true, save: saveRun },
  checkpoint,
];

interface Mistakes {
  readonly inPlace?: boolean;
  readonly noSync?: boolean;
  readonly lateSync?: boolean;
  readonly noFolderSync?: boolean;
  readonly countIgnored?: boolean;
  readonly litter?: boolean;
}

/** A save that is right but for the mistakes. */
function wrong(mistakes: Mistakes): Saving["save"] {
  const write = async (open: OpenFile, bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; ) {
      at += await open.write(bytes.subarray(at));
      if (mistakes.countIgnored) return;
    }
  };
  const one = async (files: Files, path: string, bytes: Uint8Array) => {
    if (mistakes.inPlace && (await files.status(path))) await files.remove(path);
    const temporary = mistakes.inPlace ? path : `${posix.dirname(path)}/.tmp`;
    try {
      const open = await files.create(temporary);
      await write(open, bytes);
      if (mistakes.lateSync) await files.rename(temporary, path);
      if (!mistakes.noSync) await open.sync();
      await open.close();
      if (!mistakes.inPlace && !mistakes.lateSync) await files.rename(temporary, path);
    } catch (error) {
      if (!mistakes.litter) await files.remove(temporary).catch(() => {});
      throw new PulloneError("io_failed", String(error));
    }
    if (!mistakes.noFolderSync)
      await files.syncFolder(posix.dirname(path)).catch((error) => {
        throw new PulloneError("io_failed", String(error));
      });
  };
  return async (files, contents: Contents) => {
    for (const [path, bytes] of contents) await one(files, path, bytes);
  };
}

const over = { paths: ["/d/model"], isOver: true };

/** The same save without a mistake. */
export const rightSaving: Saving = { name: "no mistake", ...over, save: wrong({}) };

/** Caught by a power cut. */
export const wrongUnderCuts: readonly Saving[] = [
  { name: "written in place", ...over, save: wrong({ inPlace: true }) },
  { name: "no fsync of the file", ...over, save: wrong({ noSync: true }) },
  { name: "renamed before the fsync", ...over, save: wrong({ lateSync: true }) },
  { name: "no fsync of the folder", ...over, save: wrong({ noFolderSync: true }) },
  {
    name: "one file of a run after the other under its own name",
    paths: ["/d/a", "/d/b"],
    isOver: false,
    isTogether: true,
    save: wrong({}),
  },
];

/** Caught by a call that fails. */
export const wrongUnderFaults: readonly Saving[] = [
  { name: "written in place", ...over, save: wrong({ inPlace: true }) },
  { name: "the count of a write ignored", ...over, save: wrong({ countIgnored: true }) },
  { name: "the temporary file left after a failure", ...over, save: wrong({ litter: true }) },
  { name: "renamed before the fsync", ...over, save: wrong({ lateSync: true }) },
];
