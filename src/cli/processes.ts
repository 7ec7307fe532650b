// Who is alive: a process is named by its number, by when it began, since numbers are used again, and by its host.

import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { codeOf } from "./files.ts";

/** The name of a process of this host: `<number> <start> <host>`; the start is "-" where it cannot be read. */
export function processName(id: number): string {
  return `${id} ${statusOf(id)?.start ?? "-"} ${hostname().replace(/\s/g, "_")}`;
}

/** Whether that process is alive, also one of somebody else; of another host nothing is known, so it counts as alive. */
export function isRunning(name: string): boolean {
  const [number, start, host] = name.split(" ");
  if (host !== undefined && host !== hostname().replace(/\s/g, "_")) return true;
  const id = Number(number);
  if (!Number.isSafeInteger(id) || id <= 0 || !hasNumber(id)) return false;
  const status = statusOf(id);
  if (!status) return true;
  return status.state !== "Z" && (start === undefined || start === "-" || start === status.start);
}

function hasNumber(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/**
 * What Linux tells of a process: its state, Z when it has ended and nobody has asked for its exit code, and the clock
 * ticks from the start of the system to its own.
 *
 * Source: proc(5), fields 3 and 22 of /proc/<number>/stat.
 */
function statusOf(id: number): { readonly state: string; readonly start: string } | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, "latin1");
    // The name of the program is in parentheses and may hold anything, so count from the last one.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0]!, start: fields[19]! };
  } catch {
    return undefined;
  }
}
