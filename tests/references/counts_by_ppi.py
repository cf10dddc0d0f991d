"""Make tests/data/counts_by_ppi.json: means that prediction-powered inference finds.

In an environment of its own, since nothing else here needs ppi-python:

    python -m venv .venv-ppi && .venv-ppi/bin/pip install ppi-python
    .venv-ppi/bin/python tests/references/counts_by_ppi.py

Made with ppi-python 0.2.3. One stratum, equal probabilities of having been drawn; the clips that
were listened to are a small part of all, and the best weight is below 1, above which ppi-python
takes none.
"""

import json
from pathlib import Path

import numpy as np
from ppi_py import ppi_mean_ci, ppi_mean_pointestimate

CLIPS = 20_000
cases = []
for seed, (n, share, apart) in enumerate([(200, 0.3, 2.0), (300, 0.2, 1.0), (150, 0.5, 0.0)]):
    rng = np.random.default_rng(seed)
    calls = rng.random(CLIPS) < share
    scores = 1 / (1 + np.exp(-3 * rng.normal(0, 1, CLIPS) - 3 * apart * (calls - 0.5)))
    scores = scores.round(6)
    heard = rng.choice(CLIPS, n, replace=False)
    given = calls[heard].astype(float), scores[heard], scores
    mean = float(ppi_mean_pointestimate(*given)[0])
    lower, upper = (float(end[0]) for end in ppi_mean_ci(*given, alpha=0.05))
    plain = float(calls[heard].mean())
    case = {"present": given[0].tolist(), "scores": given[1].tolist(), "clips": CLIPS}
    case |= {"sum": float(scores.sum()), "mean": mean, "lower": lower, "upper": upper}
    cases.append(case | {"plain": plain})
path = Path(__file__).parents[1] / "data/counts_by_ppi.json"
path.write_text(json.dumps(cases) + "\n", encoding="utf-8")
print([(case["plain"], case["mean"], case["lower"], case["upper"]) for case in cases])
