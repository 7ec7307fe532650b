// Trains in a worker, with threads beside it: ?threads=N, and &no-simd for an engine without WebAssembly.
import "./data.js";

const options = new URLSearchParams(location.search);
if (options.has("no-simd")) delete globalThis.WebAssembly;

async function run() {
  const { report } = await import("./digest.js");
  const { startWebThreads } = await import("./threads.js");
  const threads = Number(options.get("threads"));
  const host = threads > 1 ? await startWebThreads(threads) : undefined;
  if (threads > 1 && host === undefined) throw new Error("this page may not share memory");
  return report({ threads, host, readText: (name) => globalThis.texts[name] });
}

const answer = await run().catch((error) => ({ error: String(error.stack ?? error) }));
await fetch("report", { method: "POST", body: JSON.stringify(answer) });
