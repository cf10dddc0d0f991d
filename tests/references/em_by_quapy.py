"""Make tests/data/em_by_quapy.json: prevalences that QuaPy finds by EM.

In an environment of its own, since nothing else here needs QuaPy:

    python -m venv .venv-quapy && .venv-quapy/bin/pip install quapy
    .venv-quapy/bin/python tests/references/em_by_quapy.py

Made with QuaPy 0.2.3.
"""

import json
from pathlib import Path

import numpy as np
from quapy.method.aggregative import EMQ

EMQ.MAX_ITER = 100_000
cases = []
for seed, (prior, shape) in enumerate([(0.3, (0.5, 2.0)), (0.5, (0.4, 0.4)), (0.2, (2.0, 1.0))]):
    probabilities = np.random.default_rng(seed).beta(*shape, size=60).clip(1e-4, 1 - 1e-4).round(6)
    both = np.stack([1 - probabilities, probabilities], axis=1)
    found, _ = EMQ.EM(np.array([1 - prior, prior]), both, epsilon=1e-9)
    case = {"prior": prior, "probabilities": probabilities.tolist(), "prevalence": found[1]}
    cases.append(case)
path = Path(__file__).parents[1] / "data/em_by_quapy.json"
path.write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")
print([case["prevalence"] for case in cases])
