// train with a checkpoint at every epoch, killed at every call of the system that changes something.

import { testCalls } from "../faults/calls.ts";

testCalls("train", ["signal=KILL"]);
