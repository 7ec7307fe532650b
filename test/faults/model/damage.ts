// Damage to the bytes of a file, drawn at random: what disks, networks and editors do.

import { mend } from "../../artifact/container.ts";

export type Below = (n: number) => number;

const PAGE = 512;
const CHECKSUM = 32;

/** A damaged copy that differs from `bytes`; the checksum stays as it was. */
export function damage(bytes: Uint8Array, below: Below): Uint8Array {
  for (;;) {
    const damaged = once(bytes, below);
    if (Buffer.compare(damaged, bytes) !== 0) return damaged;
  }
}

/** The same, behind a right checksum: whoever changes a file can mend it. */
export function damageAndMend(bytes: Uint8Array, below: Below): Uint8Array {
  const body = damage(bytes.subarray(0, -CHECKSUM), below);
  const whole = new Uint8Array(body.length + CHECKSUM);
  whole.set(body);
  return mend(whole);
}

function once(bytes: Uint8Array, below: Below): Uint8Array {
  const at = below(bytes.length);
  switch (below(8)) {
    case 0:
    case 1:
      return change(bytes, (copy) => {
        for (let n = 1 + below(8); n > 0; n--) copy[below(copy.length)]! ^= 1 << below(8);
      });
    case 2:
      return change(bytes, (copy) => {
        for (let n = 1 + below(4); n > 0; n--) copy[below(copy.length)] = below(256);
      });
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return insert(bytes, below(2) ? at : bytes.length, noise(1 + below(64), below));
    case 5:
      return change(bytes, (copy) => copy.fill(below(2) ? 0 : 255, at, at + PAGE));
    case 6:
      return change(bytes, (copy) => copy.copyWithin(at, below(copy.length), copy.length));
    default:
      return insert(bytes.subarray(0, at), at, bytes.subarray(Math.min(bytes.length, at + 1 + below(16))));
  }
}

function change(bytes: Uint8Array, how: (copy: Uint8Array) => void): Uint8Array {
  const copy = Uint8Array.from(bytes);
  how(copy);
  return copy;
}

function insert(bytes: Uint8Array, at: number, middle: Uint8Array): Uint8Array {
  const longer = new Uint8Array(bytes.length + middle.length);
  longer.set(bytes.subarray(0, at));
  longer.set(middle, at);
  longer.set(bytes.subarray(at), at + middle.length);
  return longer;
}

function noise(length: number, below: Below): Uint8Array {
  return Uint8Array.from({ length }, () => below(256));
}
