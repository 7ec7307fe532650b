"""What the peers in Python share: the case, its rows, and the answers."""
import json
import os
import sys

import numpy as np

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cases.json")) as file:
    case = json.load(file)[sys.argv[1]]


def blobs():
    """Rows around one centre a class."""
    inputs, classes, rows = case["layers"][0], case["layers"][-1], case["rows"]
    random = np.random.default_rng(0)
    centres = random.normal(size=(classes, inputs)) / 2
    labels = random.integers(0, classes, rows)
    return (centres[labels] + random.normal(size=(rows, inputs))).astype(np.float32), labels


def serve(reading):
    """Each line asks for a reading of so many seconds; one line of JSON answers it. The first reading warms up."""
    reading(0.1)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        rows, seconds = reading(float(line))
        print(json.dumps({"rows": rows, "seconds": seconds}), flush=True)
