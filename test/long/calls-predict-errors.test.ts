// predict --output, with every call of the system that changes something failing once.

import { testCalls } from "../faults/calls.ts";

testCalls("predict", ["error=EIO", "error=ENOSPC"]);
