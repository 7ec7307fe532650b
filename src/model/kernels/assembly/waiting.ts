// Threads that wait for one another: first looking again and again, then asleep.

import { Plan } from "./plan";

/** Returns when all threads are here. */
export function barrier(plan: Plan, threads: i32): void {
  if (threads == 1) return;
  const arrived = plan.barrier;
  const generation = plan.barrier + 64;
  const now = atomic.load<i32>(generation);
  if (atomic.add<i32>(arrived, 1) != threads - 1) return waitWhile(generation, now, plan.spins);
  atomic.store<i32>(arrived, 0);
  atomic.store<i32>(generation, now + 1);
  atomic.notify(generation, -1);
}

/** Returns when the word is no longer `value`; who changes it must notify. */
export function waitWhile(word: usize, value: i32, spins: i32): void {
  for (let spin = 0; spin < spins; spin++) {
    if (atomic.load<i32>(word) != value) return;
  }
  while (atomic.load<i32>(word) == value) victim += atomic.wait<i32>(word, value, -1);
}

/**
 * Stands on the stack below the operands of the wait, and is lost there. The baseline compiler of V8 before 12 (Node 20)
 * spills the 32-bit address of a wait as 64 bits and so puts 0 over what lies next to it: this, or else a local of
 * whatever function the wait is inlined into, an address or a factor, which would be 0 from then on.
 */
let victim: i32 = 0;
