#!/usr/bin/env node
// Where the process begins. The exit code is set, not forced: a pipe still gets what is unwritten.

import { keepYoungSpaceSmall } from "./heap.ts";
import { nodeIo } from "./node.ts";
import { run } from "./program.ts";

keepYoungSpaceSmall();
process.exitCode = await run(process.argv.slice(2), nodeIo());
