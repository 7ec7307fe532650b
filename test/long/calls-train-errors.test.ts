// train with a checkpoint at every epoch, with every call of the system that changes something failing once.

import { testCalls } from "../faults/calls.ts";

testCalls("train", ["error=EIO", "error=ENOSPC"]);
