"""GFLOP/s of numpy's product of a minibatch of the mnist case on one thread, as one line of JSON; see bench/blas.ts."""
import json
import time

import numpy as np

B, I, O = 64, 784, 128
x = np.ones((B, I), np.float32)
w = np.ones((I, O), np.float32)
best = 0.0
for _ in range(20):
    start = time.perf_counter()
    for _ in range(50):
        x @ w
    best = max(best, 50 * 2 * B * I * O / (time.perf_counter() - start) / 1e9)
print(json.dumps(best))
