import type { Sha256 } from "../../src/hash.ts";
import type * as library from "../../src/index.ts";
import type { ThreadHost } from "../../src/model/kernels/threads.ts";

export declare function digestsOf(world: {
  readonly library: typeof library;
  readonly createSha256: () => Sha256;
  readonly only?: readonly string[];
  readonly readText: (dataset: string) => string | Promise<string>;
  readonly threads?: number;
  readonly host?: ThreadHost;
}): Promise<Record<string, string>>;
