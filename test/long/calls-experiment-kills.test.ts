// experiment, two runs at a time, killed at every call of the system that changes something.

import { testCalls } from "../faults/calls.ts";

testCalls("experiment", ["signal=KILL"]);
