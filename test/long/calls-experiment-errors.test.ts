// experiment, two runs at a time, with every call of the system that changes something failing once.

import { testCalls } from "../faults/calls.ts";

testCalls("experiment", ["error=EIO", "error=ENOSPC"]);
