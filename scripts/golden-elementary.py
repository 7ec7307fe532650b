"""Writes test/golden/elementary.json: elementary functions at 60 digits, for test/elementary.test.ts.

A reference is a value, the double nearest to the truth, and beyond, what the truth exceeds that double by, in ulps of it.
So an error can be told to a millionth of an ulp. Needs mpmath; run from the root of the project: python3 scripts/golden-elementary.py
"""

import json
import math
import random

import mpmath

mpmath.mp.dps = 60
rng = random.Random(20260701)


def uniform(low, high, count):
    return [rng.uniform(low, high) for _ in range(count)]


def magnitudes(low, high, count):
    """Spread evenly over the exponents, both ends included."""
    inner = [math.exp(rng.uniform(math.log(low), math.log(high))) for _ in range(count - 2)]
    return [low, *(min(max(x, low), high) for x in inner), high]


def around(*points):
    """Each point, its two neighbours, and a few numbers close by, on both sides."""
    near = [math.nextafter(p, d) for p in points for d in (-math.inf, math.inf)]
    return [*points, *near, *(p * (1 + s * 2.0**-k) for p in points for s in (-1, 1) for k in (10, 20, 40, 50))]


def negative(xs):
    return [-x for x in xs]


LN2 = math.log(2)
TINY = [5e-324, 1e-320, 2.225073858507201e-308, 2.2250738585072014e-308, 1e-300]
small = lambda: magnitudes(1e-300, 1, 40) + TINY
half_logs = [k * LN2 / 2 for k in (1, 2, 3, 5, 7, 11, 105, 2045)]

POINTS = {
    "exp": uniform(-745, 709.78, 120) + uniform(-1.5, 1.5, 80) + uniform(-745, -708.4, 40) + small() + negative(small())
    + around(*half_logs[:-1]) + around(*negative(half_logs)) + [709.782712893384, -708.3964185322641, -745.1332191019411],
    "expm1": uniform(-45, 45, 100) + uniform(-1.5, 1.5, 100) + uniform(0.34, 0.7, 40) + uniform(36, 709, 30) + small()
    + negative(small()) + around(*half_logs[:6], 36.0, 40.0) + around(*negative(half_logs[:6]), -36.0),
    "log": magnitudes(5e-324, 1.7976931348623157e308, 120) + uniform(0.4, 2.5, 120) + TINY
    + around(1.0, math.sqrt(0.5), math.sqrt(2), 2.0, 0.5, math.e),
    "log1p": uniform(-0.9999, 3, 150) + magnitudes(0.1, 1.7976931348623157e308, 60) + small() + negative(small()[1:-7])
    + [-1 + 2.0**-k for k in range(1, 54, 4)] + around(0.41, -0.29, 1.0, math.sqrt(2) - 1, math.sqrt(0.5) - 1),
    "tanh": uniform(-2, 2, 120) + uniform(0, 22, 80) + small() + negative(small()) + around(1e-9, LN2 / 4, 18.0, 19.06),
    "sigmoid": uniform(-50, 50, 100) + uniform(-2, 2, 100) + uniform(-745, -30, 60) + small() + negative(small())
    + around(-40.0, 36.7, 40.0),
    "cos": uniform(0, math.pi, 150) + uniform(-math.pi, 0, 50) + small()
    + around(math.pi / 4, math.pi / 2, 3 * math.pi / 4) + [math.pi, math.nextafter(math.pi, 0)],
    "erf": uniform(-6, 6, 120) + uniform(0, 2, 150) + small() + negative(small())
    + around(0.5625, 0.875, 1.1875, 1.5, 1.8125),
    "erfc": uniform(-6, 6, 80) + uniform(0.4, 2, 80) + uniform(1, 26.5, 120) + small() + around(0.5, 6.0),
}

TRUTH = {
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "log": mpmath.log,
    "log1p": mpmath.log1p,
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "cos": mpmath.cos,
    "erf": mpmath.erf,
    "erfc": mpmath.erfc,
}


def precisely(name, x):
    """The truth with guard digits for every cancellation: those of a tiny argument and of a huge exponent."""
    with mpmath.workdps(60 + 330):
        return TRUTH[name](mpmath.mpf(x))


functions = {}
for name, points in POINTS.items():
    xs = sorted(set(points))
    truths = [precisely(name, x) for x in xs]
    values = [float(t) for t in truths]
    with mpmath.workdps(60 + 330):
        beyond = [round(float((t - mpmath.mpf(v)) / math.ulp(v)), 6) for t, v in zip(truths, values)]
    functions[name] = {"x": xs, "value": values, "beyond": beyond}

meta = {
    "what": "Elementary functions; the truth at x is value + beyond ulps of value, value being the nearest double.",
    "library": f"mpmath {mpmath.__version__} at 60 digits and more",
    "script": "scripts/golden-elementary.py",
    "counts": {name: len(f["x"]) for name, f in functions.items()},
}
with open("test/golden/elementary.json", "w", encoding="ascii") as file:
    rows = [f'"{name}": {json.dumps(f)}' for name, f in functions.items()]
    file.write(f'{{"meta": {json.dumps(meta, indent=1)},\n"functions": {{\n' + ",\n".join(rows) + "\n}}\n")
print(meta["counts"], sum(meta["counts"].values()))
