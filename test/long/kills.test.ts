// SIGKILL at a thousand random moments of a training, and of its resume, again and again.

import { testKills } from "../faults/kills.ts";

testKills("train", 501, 2);
