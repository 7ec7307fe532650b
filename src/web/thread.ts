// What a Web Worker runs: it says that it is up, then takes part in one run after the other.

import { serveSteps, type ThreadTask } from "../model/kernels/threads.ts";

const scope = globalThis as unknown as {
  onmessage: (event: { data: ThreadTask }) => void;
  postMessage(message: "up"): void;
};
scope.onmessage = ({ data }) => serveSteps(data);
scope.postMessage("up");
