// train --resume, with every call of the system that changes something failing once.

import { testCalls } from "../faults/calls.ts";

testCalls("resume", ["error=EIO", "error=ENOSPC"]);
