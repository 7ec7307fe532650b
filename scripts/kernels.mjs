// Compiles the SIMD kernels and embeds them: npm run kernels. The same sources give the same bytes; a test compares.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));
const options = [
  "src/model/kernels/assembly/index.ts",
  ...["--baseDir", root],
  ...["--outFile", "simd.wasm"],
  ...["--runtime", "stub"],
  ...["--optimizeLevel", "3"],
  ...["--shrinkLevel", "0"],
  ...["--enable", "simd,threads"],
  ...["--use", "abort="],
  ...["--initialMemory", "1"],
  ...["--maximumMemory", "65536"],
  "--importMemory",
  "--sharedMemory",
  "--noAssert",
  "--disableWarning",
];

/** The bytes of the module. */
export async function compileKernels() {
  let module;
  const { error, stderr } = await asc.main(options, {
    writeFile: (_, contents) => {
      module = contents;
    },
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return module;
}

/** The TypeScript file that carries the module into every bundle and page. */
export function embeddingOf(module) {
  const lines = Buffer.from(module)
    .toString("base64")
    .match(/.{1,100}/g);
  return [
    "// Compiled from assembly/ by `npm run kernels`; not written by hand.",
    "",
    "/** The WebAssembly module of the SIMD kernels, in base64. */",
    "export const simdModule =",
    `${lines.map((line) => `  "${line}"`).join(" +\n")};`,
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const module = await compileKernels();
  writeFileSync(join(root, "src/model/kernels/simd.wasm.ts"), embeddingOf(module));
  process.stdout.write(`${module.length} bytes\n`);
}
