// What a process that was killed has left half-written: taken away by the next one that writes there.

import { join } from "node:path";
import { isLink } from "./files.ts";
import type { Io } from "./io.ts";
import { RUN_FILES } from "./runfolder.ts";
import { ownerOfTemporary, removeOwn } from "./writing.ts";

/**
 * Removes from a folder the temporary files and folders of processes of this host that are gone. Those of living ones,
 * of other hosts and of other programs stay; whatever cannot be looked at or removed is in nobody's way.
 */
export async function removeLeftovers({ files, isRunning }: Io, folder: string): Promise<void> {
  if (!isRunning) return;
  const names = await files.names(folder).catch(() => []);
  for (const name of names) {
    const owner = ownerOfTemporary(name);
    if (owner === undefined || owner === files.owner || isRunning(owner)) continue;
    const path = join(folder, name);
    // We make no links: one of such a name is not ours, and what it leads to even less.
    if (await isLink(files, path)) continue;
    for (const inner of RUN_FILES) await files.remove(join(path, inner)).catch(() => {});
    await removeOwn(files, path);
  }
}
