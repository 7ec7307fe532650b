// What a Web Worker runs: it says that it is up, then takes part in one run after the other.

import { serveSteps, type ThreadTask } from "../model/kernels/threads.ts";

const scope = globalThis as unknown as {
  onmessage: (event: { data: ThreadTask }) => void;
  postMessage(message: "up"): void;
};
scope.onmessage = ({ data }) => serveSteps(data);
// Not before this script has run to its end: Chromium holds back what it is posted until then, and a parent that has
// begun to wait would never hand it over.
setTimeout(() => scope.postMessage("up"));
