"""Prints the ten coefficients of erf and erfc in src/model/kernels/elementary32.ts.

Fits S(x) = -ln(erfc x) / x by a polynomial of degree 9 on 0 <= x <= 4 so that the greatest of these errors is least:
of erf, relative; but never more than 64 times that of erfc, relative, which keeps the tail. Lawson's algorithm:
least squares again and again, with more weight where the error is large. Needs mpmath.
Source: Lawson (1961), in Rice and Usow, The Lawson algorithm and extensions (1968).
"""

import mpmath as mp

mp.mp.prec = 160
DEGREE, END, TAIL, POINTS, ROUNDS = 9, 4, 64, 160, 60

x = [mp.mpf(END) * (1 - mp.cos(mp.pi * (i + mp.mpf(1) / 2) / POINTS)) / 2 for i in range(POINTS)]
target = [-mp.log(mp.erfc(t)) / t for t in x]
scale = [t / min(mp.erf(t) / mp.erfc(t), TAIL) for t in x]  # from an error of S to the errors above

weights, best = [mp.mpf(1)] * POINTS, (mp.inf, [])
for _ in range(ROUNDS):
    rows = [mp.sqrt(w) * s for w, s in zip(weights, scale)]
    matrix = mp.matrix([[r * t**n for n in range(DEGREE + 1)] for r, t in zip(rows, x)])
    right = mp.matrix([r * t for r, t in zip(rows, target)])
    fit = list(mp.lu_solve(matrix.T * matrix, matrix.T * right))
    errors = [abs(mp.polyval(fit[::-1], t) - v) * s for t, v, s in zip(x, target, scale)]
    largest = max(errors)
    best = min(best, (largest, fit), key=lambda found: found[0])
    weights = [w * (e / largest + mp.mpf("1e-3")) for w, e in zip(weights, errors)]
    mean = sum(weights) / POINTS
    weights = [w / mean for w in weights]

print("largest error, in units of 2**-24:", float(best[0] * 2**24))
for n, c in enumerate(best[1]):
    print(f"S{n} = {float(c)!r}")
