#!/usr/bin/env node
// Where the process begins. The exit code is set, not forced: a pipe still gets what is unwritten.

import { keepYoungSpaceSmall } from "./heap.ts";
import { guardProcess } from "./lastwords.ts";
import { nodeIo } from "./node.ts";

guardProcess();
keepYoungSpaceSmall();
// Loaded behind the guard: it needs packages, and one of them may be missing.
const { run } = await import("./program.ts");
process.exitCode = await run(process.argv.slice(2), nodeIo());
