// What a worker thread runs.

import { workerData } from "node:worker_threads";
import { serveSteps, type ThreadTask } from "../model/kernels/threads.ts";

serveSteps(workerData as ThreadTask);
