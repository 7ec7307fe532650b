// train --resume, killed at every call of the system that changes something.

import { testCalls } from "../faults/calls.ts";

testCalls("resume", ["signal=KILL"]);
