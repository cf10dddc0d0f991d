"""Make tests/data/doubts_by_cleanlab.json: labels that cleanlab doubts.

In an environment of its own, since nothing else here needs cleanlab:

    python -m venv .venv-cleanlab && .venv-cleanlab/bin/pip install cleanlab
    .venv-cleanlab/bin/python tests/references/doubts_by_cleanlab.py

Made with cleanlab 2.9.0.
"""

import json
from pathlib import Path

import numpy as np
from cleanlab.count import compute_confident_joint
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores

cases = []
for seed, (n, share, wrong) in enumerate([(80, 0.3, 0.1), (120, 0.1, 0.05), (60, 0.5, 0.3)]):
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < share
    labels = truth ^ (rng.random(n) < wrong)
    odds = rng.normal(0, 1.2, n) + np.where(truth, 1.5, -1.5)
    probabilities = (1 / (1 + np.exp(-odds))).round(6)
    both = np.stack([1 - probabilities, probabilities], axis=1)
    given = labels.astype(int)
    joint = compute_confident_joint(given, both, calibrate=False)
    doubted = find_label_issues(given, both, filter_by="confident_learning")
    quality = get_label_quality_scores(given, both, method="self_confidence")
    case = {"labels": given.tolist(), "probabilities": probabilities.tolist()}
    case |= {"joint": joint.tolist(), "doubted": np.flatnonzero(doubted).tolist()}
    cases.append(case | {"quality": quality.tolist()})
path = Path(__file__).parents[1] / "data/doubts_by_cleanlab.json"
path.write_text(json.dumps(cases) + "\n", encoding="utf-8")
print([(case["joint"], len(case["doubted"])) for case in cases])
