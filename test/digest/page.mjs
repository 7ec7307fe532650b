// The runs in a browser, in two ways: on a page that is opened from the disk, and on one that is served on this machine
// with the headers that let its workers share memory.
import { execFile, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { rolldown } from "rolldown";

const here = fileURLToPath(new URL(".", import.meta.url));
const PATIENCE = 100_000;

/** Quiet, without a window, without a look at the network. */
const startOf = {
  chromium: (profile) => [
    ...["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
    ...["--disable-component-update", "--disable-sync", `--user-data-dir=${profile}`],
  ],
  firefox: (profile) => {
    const off = [
      ...["app.normandy.enabled", "app.update.enabled", "browser.region.update.enabled"],
      ...["browser.safebrowsing.downloads.remote.enabled", "datareporting.policy.dataSubmissionEnabled"],
      ...["extensions.update.enabled", "network.captive-portal-service.enabled"],
      ...["network.connectivity-service.enabled"],
    ];
    writeFileSync(join(profile, "user.js"), off.map((name) => `user_pref("${name}", false);\n`).join(""));
    return ["--headless", "--no-remote", "--profile", profile];
  },
};

/** A folder with both pages, the library and the runs in one script, and what threads run beside it. */
export async function buildPages(dist) {
  const folder = mkdtempSync(join(tmpdir(), "pullone-pages-"));
  const entry = join(folder, "entry.js");
  const of = (file) => JSON.stringify(join(dist, file));
  writeFileSync(
    entry,
    `import * as library from ${of("index.js")};
import { createSha256 } from ${of("hash.js")};
import { chooseKernels } from ${of("model/kernels/choose.js")};
import { digestsOf } from ${JSON.stringify(join(here, "runs.mjs"))};
export async function report(world) {
  const digests = await digestsOf({ library, createSha256, ...world });
  const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const kernels = chooseKernels("float32").name;
  return { engine: navigator.userAgent, kernels, threads: world.threads, locale, timeZone, digests };
}
`,
  );
  await bundle(entry, "iife", join(folder, "classic.js"));
  await bundle(entry, "es", join(folder, "digest.js"));
  for (const file of ["threads.js", "thread.js"])
    await bundle(join(dist, "web", file), "es", join(folder, file));
  const names = ["breast-cancer-wisconsin-diagnostic", "digits", "palmerpenguins", "wine"];
  const read = (name) => readFileSync(join(here, `../../datasets/${name}/${name}.csv`), "utf8");
  const texts = Object.fromEntries(names.map((name) => [name, read(name)]));
  writeFileSync(join(folder, "data.js"), `globalThis.texts = ${JSON.stringify(texts)};\n`);
  cpSync(join(here, "page"), folder, { recursive: true });
  return folder;
}

async function bundle(input, format, target) {
  const alias = { "csv-parse": "csv-parse/browser/esm" };
  const build = await rolldown({ input, platform: "browser", resolve: { alias, modules: [modules] } });
  const { output } = await build.generate({ format, name: "digest" });
  writeFileSync(target, output[0].code);
}
const modules = join(here, "../../node_modules");

/** The report of a page that Chromium opens from the disk. */
export async function reportOfFile(program, folder, withSimd) {
  const url = `${pathToFileURL(join(folder, "file.html")).href}${withSimd ? "" : "#no-simd"}`;
  const html = await withProfile(async (profile) => {
    const argv = [...startOf.chromium(profile), `--virtual-time-budget=${PATIENCE}`, "--dump-dom", url];
    return (await promisify(execFile)(program, argv, { timeout: PATIENCE })).stdout;
  });
  const [, encoded] = /<pre id="report">([^<]*)</.exec(html) ?? [];
  return answerOf(Buffer.from(encoded ?? "", "base64").toString() || '{ "error": "no report" }');
}

/** The report of a worker on a page that is served from here, with `threads` threads. */
export async function reportOfServed(kind, program, folder, threads, withSimd = true) {
  const isolated = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
  };
  const told = new EventEmitter();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/report") {
      told.emit("report", await text(request));
      response.end();
      return;
    }
    const type = pathname.endsWith(".js") ? "text/javascript" : "text/html";
    try {
      const file = readFileSync(join(folder, pathname.slice(1)));
      response.writeHead(200, { "content-type": type, ...isolated }).end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${server.address().port}/served.html?threads=${threads}${withSimd ? "" : "&no-simd"}`;
  try {
    return await withProfile(async (profile) => {
      // In a group of its own: a browser is many processes, and all of them end together.
      const browser = spawn(program, [...startOf[kind](profile), url], { stdio: "ignore", detached: true });
      browser.on("error", (error) => told.emit("error", error));
      try {
        const [answer] = await once(told, "report", { signal: AbortSignal.timeout(PATIENCE) });
        return answerOf(answer);
      } finally {
        process.kill(-browser.pid, "SIGKILL");
        await once(browser, "close");
      }
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function withProfile(use) {
  const profile = mkdtempSync(join(tmpdir(), "pullone-profile-"));
  try {
    return await use(profile);
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function answerOf(json) {
  const answer = JSON.parse(json);
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}
