// @types/seedrandom describes the package's main file only; this is one generator of it, loaded by itself.
declare module "seedrandom/lib/alea.js" {
  import type { PRNG } from "seedrandom";
  export default function alea(seed: string): PRNG;
}
