"""Prevalences by EM, held to QuaPy's."""

import json
from pathlib import Path

import numpy as np
import pytest

from anurans.scores.prior_shift import prevalence_by_em

# Made by tests/references/em_by_quapy.py.
CASES = json.loads((Path(__file__).parents[2] / "data/em_by_quapy.json").read_text())


@pytest.mark.parametrize("case", CASES)
def test_prevalences_are_those_of_quapy(case):
    found = prevalence_by_em(np.array(case["probabilities"]), case["prior"])
    assert found == pytest.approx(case["prevalence"], abs=1e-3)


def test_clips_may_stand_for_many():
    probabilities = np.array([0.9, 0.2, 0.1])
    counts = np.array([2, 0, 5])
    assert prevalence_by_em(probabilities, 0.3, counts) == pytest.approx(
        prevalence_by_em(np.repeat(probabilities, counts), 0.3)
    )
    assert np.isnan(prevalence_by_em(probabilities, 0.3, np.zeros(3)))


def test_what_is_certain_stays_so():
    assert prevalence_by_em(np.array([1.0, 1.0, 0.0, 0.0]), 0.1) == pytest.approx(0.5)
    assert prevalence_by_em(np.zeros(4), 0.3) == 0
