// What a person gets who installs this: the lockfile, the packages it brings, and the files of our own.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { beforeAll, describe, expect, test } from "vitest";
import { buildPackage, root } from "./built.ts";

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
const description = readJson("package.json");
const locked: Readonly<Record<string, Locked>> = readJson("package-lock.json").packages;
const { "": ours, ...others } = locked;
const installed = Object.entries(others).filter(([path]) => existsSync(join(root, path)));
/** What comes along when pullone is installed: what its dependencies need, and what those need. */
const runtime = closureOf(Object.keys(description.dependencies));

function closureOf(names: readonly string[]): string[] {
  const found = new Set(names);
  for (const name of found) {
    const {
      dependencies,
      peerDependencies = {},
      peerDependenciesMeta = {},
    } = others[`node_modules/${name}`]!;
    for (const next of Object.keys(dependencies ?? {})) found.add(next);
    for (const next of Object.keys(peerDependencies))
      if (!peerDependenciesMeta[next]?.optional) found.add(next);
  }
  return [...found];
}

describe("package.json", () => {
  test("asks for exact versions only", () => {
    const versions = Object.entries<string>({ ...description.dependencies, ...description.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test("brings six packages along, and nothing else", () => {
    const expected = ["@noble/hashes", "commander", "csv-parse", "jsonc-parser", "seedrandom", "valibot"];
    expect(Object.keys(description.dependencies)).toEqual(expected);
    expect(runtime).toEqual(expected);
  });

  test("runs on the Node it names, with a start command that every shell understands", () => {
    expect(description.engines.node).toBe(">=20.19");
    for (const command of Object.values(description.scripts)) {
      expect(command).not.toMatch(/[;|$'"`*]|[^&]&[^&]|^[A-Z_]+=|\b(?:rm|cp|mv|cat|chmod)\b/);
    }
  });

  test("every script runs files that are there", () => {
    for (const command of Object.values<string>(description.scripts)) {
      for (const [file] of command.matchAll(/\b(?:scripts\/\S+|tsconfig\S*)/g)) {
        const source =
          file.startsWith("scripts") && command.includes("dist-bench") ? file.replace(/\.js$/, ".ts") : file;
        expect(existsSync(join(root, source)), `${command}: ${source}`).toBe(true);
      }
    }
  });
});

describe("package-lock.json", () => {
  test("has an entry of its own for each optional dependency, or another platform could not install", () => {
    for (const [path, { optionalDependencies = {} }] of Object.entries(others)) {
      for (const name of Object.keys(optionalDependencies)) {
        const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
        expect(
          places.some((place) => others[place]?.version !== undefined),
          `${path} needs ${name}`,
        ).toBe(true);
      }
    }
  });

  test("asks for what package.json asks for", () => {
    expect(ours).toMatchObject({
      version: description.version,
      dependencies: description.dependencies,
      devDependencies: description.devDependencies,
    });
  });

  test("names a checksum for every package, and no host", () => {
    for (const [path, { integrity, resolved }] of Object.entries(others)) {
      expect(integrity, path).toMatch(/^sha512-/);
      expect(resolved, path).toBeUndefined();
    }
  });

  test("no package runs a script when it is installed, unless package.json has a word on it", () => {
    const decided = Object.keys(description.allowScripts);
    for (const [path, { hasInstallScript }] of Object.entries(others)) {
      if (hasInstallScript) expect(decided, path).toContain(path.replace(/^.*node_modules\//, ""));
    }
    for (const [path] of installed) {
      const { scripts = {} } = readJson(`${path}/package.json`);
      const own = ["preinstall", "install", "postinstall"].filter((name) => name in scripts);
      if (own.length > 0 || existsSync(join(root, path, "binding.gyp"))) {
        expect(decided, path).toContain(path.replace(/^.*node_modules\//, ""));
      }
    }
  });
});

describe("the published package", () => {
  let folder = "";
  let packed: { readonly unpackedSize: number; readonly files: readonly { readonly path: string }[] };
  beforeAll(() => {
    folder = buildPackage("package");
    packed = pack(folder);
  }, 120_000);

  test("publint finds nothing to say", async () => {
    const { messages, pkg } = await publint({
      pkgDir: folder,
      pack: "npm",
      level: "suggestion",
      strict: true,
    });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test("holds the program, the schema of configurations and the pages about it, nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => !path.startsWith("dist/")).toSorted()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "configs/experiment.schema.json",
      "configs/schema.json",
      "package.json",
    ]);
    expect(paths.filter((path) => path.startsWith("dist/") && !/\.(?:js|d\.ts)$/.test(path))).toEqual([]);
    expect(paths).toContain("dist/index.d.ts");
    const [bin] = Object.values<string>(description.bin);
    expect(readFileSync(join(folder, bin!), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test("with all that comes along it is seven packages of less than 6 MB", () => {
    const sizes = runtime.map((name) => bytesOf(join(root, "node_modules", name)));
    const total = sizes.reduce((sum, bytes) => sum + bytes, packed.unpackedSize);
    expect(runtime.length + 1).toBe(7);
    expect(total).toBeLessThan(6e6);
  });

  test("its types are complete: whatever one of them names is there", () => {
    const paths = new Set(packed.files.map(({ path }) => path));
    const lost = [...paths]
      .filter((path) => path.endsWith(".d.ts"))
      .flatMap((path) => {
        const text = readFileSync(join(folder, path), "utf8");
        const named = Array.from(text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g), ([, to]) => to!);
        return named.map((to) => join(path, "..", to).replace(/(?:\.d)?\.[jt]s$/, ".d.ts"));
      })
      .filter((path) => !paths.has(path.replaceAll("\\", "/")));
    expect(lost).toEqual([]);
  });

  test("its types are those that an entry leads to, and no others", () => {
    const named = new Set(
      packed.files.flatMap(({ path }) => {
        if (!path.endsWith(".d.ts")) return [];
        const text = readFileSync(join(folder, path), "utf8");
        const found = text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g);
        return Array.from(found, ([, to]) => join(path, "..", to!).replace(/(?:\.d)?\.[jt]s$/, ".d.ts"));
      }),
    );
    const entries = ["dist/index.d.ts", "dist/web/threads.d.ts"];
    const unnamed = packed.files.filter(({ path }) => path.endsWith(".d.ts") && !named.has(path));
    expect(unnamed.map(({ path }) => path).filter((path) => !entries.includes(path))).toEqual([]);
  });

  test("its types name nothing outside of it", () => {
    const foreign = packed.files
      .filter(({ path }) => path.endsWith(".d.ts") && !path.startsWith("dist/cli/"))
      .flatMap(({ path }) => {
        const text = readFileSync(join(folder, path), "utf8");
        return Array.from(text.matchAll(/(?:from|import\() ?"([^"]+)"/g), ([, specifier]) => specifier!);
      })
      .filter((specifier) => !specifier.startsWith(".") && !(specifier in description.dependencies));
    expect(foreign).toEqual([]);
  });
});

/** What `npm pack` would put into the package of `folder`, without writing it. */
function pack(folder: string) {
  // npm tells its own place to what it starts; by hand there is the one on the path.
  const npm = process.env.npm_execpath;
  const argv = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const options = { cwd: folder, encoding: "utf8" as const };
  const { stdout } = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...argv], options)
    : spawnSync("npm", argv, { ...options, shell: process.platform === "win32" });
  return JSON.parse(stdout)[0];
}

function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => statSync(join(folder, file)))
    .filter((status) => status.isFile())
    .reduce((sum, { size }) => sum + size, 0);
}
