// SIGKILL at a hundred random moments of an experiment, and of its going on: the table, the summary and the record of
// every run must come out the same.

import { testKills } from "../faults/kills.ts";

testKills("experiment", 50, 4);
