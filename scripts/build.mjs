// Compiles src/ to dist/, takes away what no source stands behind any more, and makes the program executable: npm run build.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
const { status } = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json")], {
  stdio: "inherit",
});
if (status !== 0) process.exit(1);

// The compiler leaves the outcome of files that were moved or deleted, and a package would carry it along.
for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
  const source = join(root, "src", file.replace(/(\.d\.ts|\.js)$/, ".ts"));
  if (!existsSync(source)) rmSync(join(dist, file), { recursive: true, force: true });
}
chmodSync(join(dist, "cli/main.js"), 0o755);
