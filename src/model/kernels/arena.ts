// Memory handed out from the front of a WebAssembly.Memory, 16-aligned and never given back one by one.

/** Counts first, so that a memory of the right size can be made before anything is written. */
export interface Arena {
  /** The address of `bytes` bytes. */
  take(bytes: number): number;
  /** Bytes taken so far. */
  used(): number;
}

/** Address 0 stays free, so that no record stands at the null pointer. */
const FIRST = 64;

/** @param first address from which memory is handed out */
export function createArena(first = FIRST): Arena {
  let end = Math.ceil(first / 16) * 16;
  return {
    take(bytes) {
      const address = end;
      end = Math.ceil((end + bytes) / 16) * 16;
      return address;
    },
    used: () => end,
  };
}
