// The OpenBLAS of the peers in Python at its fastest on this machine. It picks its kernels by the model of the
// processor: an older release takes those of 2004 on a newer model, a fifth as fast as the ones it has for it.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./cases.ts";

/** Debian's own interpreter, which has Debian's packages. */
export const python = process.env.PYTHON ?? "/usr/bin/python3";

/** Kernels that the release in use may not pick by itself: for AVX-512, and for AVX2. */
const CORES = ["SKYLAKEX", "HASWELL"];

type Environment = Readonly<Record<string, string | undefined>>;

export interface Blas {
  /** For a sentence: which kernels. */
  readonly cores: string;
  readonly gflops: number;
  readonly env: Environment;
}

/** The environment as it is, without what it says of OpenBLAS, and with each of CORES: the fastest. */
function measure(): Blas | undefined {
  const bare = { ...process.env, OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined };
  const ways: readonly (readonly [cores: string, env: Environment])[] = [
    ["what it picks by itself", bare],
    ...(process.env.OPENBLAS_CORETYPE || process.env.OPENBLAS_L2_SIZE
      ? [["what the environment asks for", process.env] as const]
      : []),
    ...CORES.map((cores) => [cores, { ...bare, OPENBLAS_CORETYPE: cores }] as const),
  ];
  const measured = ways.flatMap(([cores, env]) => {
    const program = join(root, "bench/peers/blas.py");
    // A processor without the instructions ends the program by a signal.
    const { status, stdout } = spawnSync(python, ["-B", program], { env: { ...env, ...threadsOf(1) } });
    return status === 0 ? [{ cores, gflops: Number(stdout.toString()), env }] : [];
  });
  return measured.toSorted((a, b) => b.gflops - a.gflops)[0];
}

let found: { readonly blas: Blas | undefined } | undefined;

/** Measured once; undefined without Python or numpy. */
export function fastestBlas(): Blas | undefined {
  found ??= { blas: measure() };
  return found.blas;
}

/** The number of threads of OpenBLAS, and of OpenMP, which PyTorch takes for all else. */
export function threadsOf(blas: number, others = blas): Environment {
  return { OPENBLAS_NUM_THREADS: String(blas), OMP_NUM_THREADS: String(others) };
}

/** What the peers in Python run with. */
export function pythonEnvironment(): Environment {
  return fastestBlas()?.env ?? process.env;
}

/** A line for the record. */
export function describeBlas(): string {
  const blas = fastestBlas();
  if (blas === undefined) return "skipped: the peers in Python: no numpy";
  return `numpy's BLAS: the kernels are ${blas.cores}, ${Math.round(blas.gflops)} GFLOP/s on one thread`;
}
