"""A whole program: CSV to saved model, with the split, the network and the epochs of configs/tumor.jsonc.

Usage: process.py CSV EPOCHS FOLDER.
"""
import csv
import pickle
import sys
import warnings

import numpy as np
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
path, epochs, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
with open(path, newline="") as file:
    header, *rows = csv.reader(file)
label = header.index("diagnosis")
y = np.array([row[label] for row in rows])
x = np.array([row[:label] + row[label + 1 :] for row in rows], dtype=np.float64)
x, x_test, y, y_test = train_test_split(x, y, test_size=0.2, stratify=y, random_state=1)
model = make_pipeline(
    StandardScaler(),
    MLPClassifier(
        (8,), solver="sgd", momentum=0.9, nesterovs_momentum=False, alpha=0.01, learning_rate_init=0.01,
        batch_size=32, max_iter=epochs, tol=0, n_iter_no_change=10**9, random_state=1,
    ),
).fit(x, y)
probabilities = model.predict_proba(x_test)
print(accuracy_score(y_test, model.predict(x_test)), log_loss(y_test, probabilities, labels=model.classes_))
with open(f"{folder}/model.pickle", "wb") as file:
    pickle.dump(model, file)
