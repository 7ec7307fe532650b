// What a person reads when a configuration is refused.
import { resolveRunConfig } from "../../src/config.ts";
import { PulloneError } from "../../src/errors.ts";

export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** The error that `action` throws. */
export function thrownBy(action: () => unknown): Complaint {
  try {
    action();
  } catch (error) {
    if (!(error instanceof PulloneError)) throw error;
    const { code, message, hint } = error;
    return hint === undefined ? { code, message } : { code, message, hint };
  }
  throw new Error("nothing was thrown");
}

/** The complaint about a document, which is text or becomes JSON on one line. */
export function complaintAbout(document: unknown, settings: readonly string[] = []): Complaint {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  return thrownBy(() => resolveRunConfig(text, settings, "c.jsonc"));
}

/** A document that lacks nothing, with more keys. */
export function documentWith(more: object): object {
  return { data: { label: "y" }, ...more };
}
