"""PyTorch on the CPU: plain SGD on slices of the rows, in order. Usage: pytorch.py CASE THREADS."""
import sys
import time

import numpy as np
import torch
from serve import blobs, case, serve

torch.set_num_threads(int(sys.argv[2]))
layers, batch = case["layers"], case["batch"]
x, y = blobs()
x, y = torch.from_numpy(x), torch.from_numpy(y)
modules = []
for i in range(len(layers) - 1):
    modules.append(torch.nn.Linear(layers[i], layers[i + 1]))
    if i < len(layers) - 2:
        modules.append(torch.nn.ReLU())
network = torch.nn.Sequential(*modules)
optimizer = torch.optim.SGD(network.parameters(), lr=case["rate"])
cross_entropy = torch.nn.CrossEntropyLoss()
starts = range(0, case["rows"] - batch + 1, batch)


def steps():
    while True:
        for start in starts:
            optimizer.zero_grad(set_to_none=True)
            loss = cross_entropy(network(x[start : start + batch]), y[start : start + batch])
            loss.backward()
            optimizer.step()
            loss.item()
            yield batch


step = steps()


def reading(seconds):
    rows, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        rows += next(step)
    return rows, time.perf_counter() - start


serve(reading)
