"""scikit-learn's MLPClassifier with plain SGD; its fit shuffles the rows of every epoch. Usage: scikit.py CASE."""
import sys
import time
import warnings

from sklearn.neural_network import MLPClassifier
from serve import blobs, case, serve

warnings.filterwarnings("ignore")
x, y = blobs()


def fit(epochs):
    model = MLPClassifier(
        tuple(case["layers"][1:-1]), solver="sgd", momentum=0, nesterovs_momentum=False, alpha=0,
        learning_rate_init=case["rate"], batch_size=case["batch"], max_iter=epochs, tol=0,
        n_iter_no_change=10**9, random_state=0,
    )
    start = time.perf_counter()
    model.fit(x, y)
    return time.perf_counter() - start


epoch = fit(1)


def reading(seconds):
    global epoch
    epochs = max(1, round(seconds / epoch))
    took = fit(epochs)
    epoch = took / epochs
    return epochs * case["rows"], took


serve(reading)
