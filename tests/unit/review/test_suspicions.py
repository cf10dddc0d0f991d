"""Doubts, held to cleanlab's and to labels that were made wrong on purpose."""

import json
from pathlib import Path

import numpy as np
import pytest

from anurans.review.suspicions import find_suspicions, sure_of

CASES = json.loads((Path(__file__).parents[2] / "data/doubts_by_cleanlab.json").read_text())


@pytest.mark.parametrize("case", CASES)
def test_doubts_are_cleanlabs(case):
    labels = np.array(case["labels"], bool)
    probabilities = np.array(case["probabilities"])
    sure = sure_of(labels, probabilities)
    joint = np.zeros((2, 2), int)
    np.add.at(joint, (labels[sure >= 0].astype(int), sure[sure >= 0]), 1)
    assert joint.tolist() == case["joint"]
    doubted = np.flatnonzero((sure >= 0) & (sure != labels))
    assert doubted.tolist() == case["doubted"]
    # Clips far apart, so that each is a run of its own.
    names = np.array([f"R{at}" for at in range(len(labels))])
    found = find_suspicions(
        labels[:, None], probabilities[:, None], names, np.zeros(len(labels)), 5.0
    )
    assert sorted(one.at for one in found) == case["doubted"]
    for one in found:
        assert one.confidence == pytest.approx(case["quality"][one.at], abs=1e-9)
        assert one.kind == ("wrong" if labels[one.at] else "missing")


def test_neighbours_are_one_question_and_rare_species_come_first():
    labels = np.zeros((40, 2), bool)
    labels[:16, 0] = True
    labels[20:22, 1] = True
    chances = np.where(labels, 0.9, 0.05)
    chances[30:33, 0] = [0.92, 0.97, 0.93]
    chances[36, 1] = 0.95
    names = np.array(["R"] * 40)
    found = find_suspicions(labels, chances, names, np.arange(40) * 5.0, 5.0)
    assert [(one.at, one.column, one.neighbours) for one in found] == [(36, 1, 0), (31, 0, 2)]
    assert found[1].effect == pytest.approx(0.97 / 16)


def test_without_either_label_nothing_is_doubted():
    assert (sure_of(np.zeros(5, bool), np.linspace(0, 1, 5)) == -1).all()


def test_what_no_model_scored_is_not_doubted():
    labels = np.array([True, True, False, False, False])[:, None]
    chances = np.array([0.9, 0.8, 0.1, 0.1, np.nan])[:, None]
    assert find_suspicions(labels, chances, np.array(list("abcde")), np.zeros(5), 5.0) == []
