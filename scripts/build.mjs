// Compiles src/ to dist/, or to the folder that is named: the programs without their comments, which stay in the
// declarations that an editor shows. Takes away what no source stands behind any more. npm run build.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = resolve(process.argv[2] ?? join(root, "dist"));
const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

for (const part of [
  ["--declaration", "false", "--removeComments"],
  ["--declaration", "--emitDeclarationOnly"],
]) {
  const options = ["-p", join(root, "tsconfig.build.json"), "--outDir", dist, ...part];
  const { status } = spawnSync(process.execPath, [compiler, ...options], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

// The compiler leaves the outcome of files that were moved or deleted, and a package would carry it along.
for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
  const source = join(root, "src", file.replace(/(\.d\.ts|\.js)$/, ".ts"));
  if (!existsSync(source)) rmSync(join(dist, file), { recursive: true, force: true });
}

// Of the declarations those that an entry of the package leads to: an editor shows no other.
const { exports: entries } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const declared = new Set(
  Object.values(entries).flatMap(({ types }) => (types ? [resolve(dist, "..", types)] : [])),
);
for (const file of declared) {
  const text = readFileSync(file, "utf8");
  for (const [, path] of text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)) {
    declared.add(resolve(dirname(file), path.replace(/(?:\.d)?\.[jt]s$/, ".d.ts")));
  }
}
for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
  if (file.endsWith(".d.ts") && !declared.has(join(dist, file))) rmSync(join(dist, file));
}
chmodSync(join(dist, "cli/main.js"), 0o755);
