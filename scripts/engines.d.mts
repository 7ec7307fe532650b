export interface NodeEngine {
  readonly name: string;
  readonly version: string;
  readonly cpu: string;
}
export interface Browser {
  readonly name: "chromium" | "firefox";
  readonly program: string;
  /** Part of what it calls itself. */
  readonly userAgent: string;
  /** Whether it can print a page that it opens from the disk. */
  readonly printsPages: boolean;
}
export declare const nodes: readonly NodeEngine[];
export declare const browsers: readonly Browser[];
export declare function commandOf(engine: NodeEngine): { command?: readonly string[]; missing?: string };
export declare function browserOf(browser: Browser): { program?: string; missing?: string };
