// Runs side by side, one of which crashes: in this thread, in threads that are made up, in threads of Node.
import { describe, expect, test } from "vitest";
import { type Assignment, type CrewHost, performAll, type SharedTable } from "../../src/cli/crew.ts";
import { nodeCrew } from "../../src/cli/crewthreads.ts";
import type { PlannedRun } from "../../src/experiment/plan.ts";
import type { Outcome } from "../../src/experiment/run.ts";
import { memoryWorld } from "./memory.ts";

const assignment = (id: string, table = 0) => ({ run: { id } as PlannedRun, table }) satisfies Assignment;
const failed: Outcome = { status: "failed", code: "data_invalid", reason: "as it should" };

async function outcomesOf(host: CrewHost | undefined, assignments: readonly Assignment[], jobs: number) {
  const { io } = memoryWorld({});
  const outcomes: Record<string, Outcome> = {};
  const world = { ...io, crew: host && (async () => host) } as typeof io;
  await performAll(world, [] as SharedTable[], assignments, jobs, async (run, outcome) => {
    outcomes[run.id] = outcome;
  });
  return outcomes;
}

describe("a run that crashes", () => {
  test("is marked failed with its reason, a new thread takes the place of the one it ended, and the others finish", async () => {
    let started = 0;
    let ended = 0;
    const host: CrewHost = {
      parallelism: 2,
      start() {
        started++;
        return {
          perform: async ({ run }) => {
            if (run.id === "b") throw new Error("out of memory");
            return failed;
          },
          end: () => {
            ended++;
          },
        };
      },
    };
    const outcomes = await outcomesOf(
      host,
      ["a", "b", "c", "d"].map((id) => assignment(id)),
      2,
    );
    expect(outcomes).toEqual({
      a: failed,
      b: { status: "failed", code: "internal", reason: "the run crashed: out of memory" },
      c: failed,
      d: failed,
    });
    expect([started, ended]).toEqual([3, 3]);
  });

  test("in this thread too: a run without a configuration", async () => {
    const outcomes = await outcomesOf(undefined, [assignment("a"), assignment("b")], 1);
    for (const id of ["a", "b"]) {
      expect(outcomes[id]).toMatchObject({ status: "failed", code: "internal" });
      expect((outcomes[id] as { reason: string }).reason).toMatch(/^the run crashed: Cannot /);
    }
  });

  test("slow: ends a thread of Node, and the next run gets another", async () => {
    const outcomes = await outcomesOf(nodeCrew, [assignment("a"), assignment("b"), assignment("c")], 2);
    expect(Object.keys(outcomes).sort()).toEqual(["a", "b", "c"]);
    for (const outcome of Object.values(outcomes)) {
      expect(outcome).toMatchObject({ status: "failed", code: "internal" });
      expect((outcome as { reason: string }).reason).toMatch(/^the run crashed: /);
    }
  });
});
