// What a thread of an experiment runs: assignment in, outcome out.

import { parentPort, workerData } from "node:worker_threads";
import { type Assignment, performAssigned, type SharedTable } from "./crew.ts";

parentPort!.on("message", (assignment: Assignment) => {
  parentPort!.postMessage(performAssigned(workerData as readonly SharedTable[], assignment));
});
