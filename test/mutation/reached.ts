// Set up before each test file of a mutation run: notes with every test which blocks it has entered. What a file enters
// before its first test is noted with all of them.

import { afterEach, beforeEach } from "vitest";
import { takeEntered } from "./blocks.ts";

let loading: string[] | undefined;

beforeEach(() => {
  loading ??= takeEntered();
});

afterEach(({ task }) => {
  task.meta.reached = [...loading!, ...takeEntered()];
});
