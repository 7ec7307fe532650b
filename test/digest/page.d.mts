import type { DigestReport } from "./engines.ts";

/** Returns the folder, which is the caller's to remove. */
export declare function buildPages(dist: string): Promise<string>;
export declare function reportOfFile(
  program: string,
  folder: string,
  withSimd: boolean,
): Promise<DigestReport>;
export declare function reportOfServed(
  kind: "chromium" | "firefox",
  program: string,
  folder: string,
  threads: number,
  withSimd?: boolean,
): Promise<DigestReport>;
