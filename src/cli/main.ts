#!/usr/bin/env node
// Where the process begins. The exit code is set, not forced: a pipe still gets what is unwritten.

// One by one, and the guard first: where too few files may be open, or one is missing, something must be left to say so.
try {
  const { guardProcess } = await import("./lastwords.ts");
  guardProcess();
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  process.stderr.write(`error: the program: expected to open its files, got ${message.split("\n")[0]}\n`);
  process.stderr.write(code === "EMFILE" ? "hint:  raise the limit on open files: ulimit -n 256\n" : "");
  process.exit(code === "EMFILE" ? 74 : 70);
}
const { keepYoungSpaceSmall } = await import("./heap.ts");
const { nodeIo } = await import("./node.ts");
const { run } = await import("./program.ts");
keepYoungSpaceSmall();
process.exitCode = await run(process.argv.slice(2), nodeIo());
