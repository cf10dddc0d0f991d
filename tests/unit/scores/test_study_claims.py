"""What the study claims, on decisions whose answer is known."""

import numpy as np
import pytest

from anurans.scores.comparison import Decisions
from anurans.scores.paired_differences import JudgedRun
from anurans.scores.study_claims import HYPOTHESES, hypotheses, rank_correlation, resampled_mean

SPECIES, NIGHTS = 2, 12
DATASETS = {
    "original": ["original"],
    "time_mask": ["original", "time_mask"],
    "combined": ["original", "time_mask", "time_stretch"],
}
RECIPES = {
    "fast": {"layers": [], "learning_rate": 0.1, "l2": 0.0},
    "slow": {"layers": [], "learning_rate": 0.001, "l2": 0.0},
    "fast-l2": {"layers": [], "learning_rate": 0.1, "l2": 0.01},
    "one": {"layers": [{"units": 256}], "learning_rate": 1e-5, "l2": 0.01},
    "two": {"layers": [{"units": 256}, {"units": 128}], "learning_rate": 1e-5, "l2": 0.01},
}
SIZES = {"small": 100, "large": 900}


def part(right, role):
    """Decisions of which the share `right` is right in every night, the same nights for all."""
    n = 20 * NIGHTS
    labels = np.tile(np.arange(20)[:, None] % 2 == np.arange(SPECIES), (NIGHTS, 1))
    wrong = np.tile(np.arange(20) >= round(20 * right), NIGHTS)
    groups = np.repeat([f"{role}{night}" for night in range(NIGHTS)], 20).astype(object)
    assert len(groups) == n
    return Decisions(groups, groups, labels, labels ^ wrong[:, None])


def runs():
    """Small beats large, combined the others, slow rates fast ones; two layers only overfit."""
    found = []
    for backbone, size in SIZES.items():
        good = 0.7 if backbone == "small" else 0.5
        for recipe in RECIPES:
            first = not RECIPES[recipe]["layers"]
            for dataset in ("original",) if first else DATASETS:
                test = good + 0.2 * (dataset == "combined") + 0.1 * (recipe == "slow")
                train = 1.0 if recipe == "two" else 0.9
                found.append(
                    JudgedRun(
                        ("stage1",) if first else ("stage2", "stage3"),
                        *("plain", "no", backbone, dataset, recipe),
                        20 if recipe == "slow" else 5,
                        size,
                        {
                            "train": part(train, "train"),
                            "validation": part(0.6, "validation"),
                            "test": part(test, "test"),
                        },
                    )
                )
    return found


@pytest.fixture(scope="module")
def table():
    rows = hypotheses(runs(), RECIPES, DATASETS, 50, 1)
    assert all(set(row) <= set(HYPOTHESES) for row in rows)
    return {row["claim"]: row for row in rows}


@pytest.mark.parametrize(
    ("claim", "pairs", "answer", "difference"),
    [
        ("more layers help", 6, "undecided", 0.0),
        ("more layers overfit", 6, "yes", 0.1),
        ("two layers are better on original data", 2, "undecided", 0.0),
        ("two layers are better on time_mask data", 2, "undecided", 0.0),
        ("fewer parameters do better", 6, "yes", 0.2),
        ("a lower learning rate gives a higher F1", 2, "yes", 0.1),
        ("a lower learning rate converges later", 2, "yes", 15),
        ("combined beats time_mask", 4, "yes", 0.2),
    ],
)
def test_each_claim_has_its_answer(table, claim, pairs, answer, difference):
    row = table[claim]
    assert (row["n_pairs"], row["agrees"]) == (pairs, answer)
    # Half of the decisions are positive, so that F1 is nearly the share of right ones.
    assert row["difference"] == pytest.approx(difference, abs=0.02)


def test_no_claim_is_left_out_or_made_up(table):
    assert len(table) == 8


def test_correlations_have_the_sign_of_what_was_built(table):
    assert table["fewer parameters do better"]["correlation"] < 0
    assert table["a lower learning rate gives a higher F1"]["correlation"] < 0
    assert table["a lower learning rate converges later"]["correlation"] < 0


def test_a_study_of_one_backbone_and_head_says_nothing():
    alone = [run for run in runs() if (run.backbone, run.recipe) == ("small", "one")]
    rows = {row["claim"]: row for row in hypotheses(alone, RECIPES, DATASETS, 50, 1)}
    for claim in ("more layers help", "more layers overfit", "fewer parameters do better"):
        row = rows[claim]
        assert (row["n_pairs"], row["difference"], row["agrees"]) == (0, None, "")


def test_values_without_groups_are_resampled_themselves():
    found = resampled_mean([1.0, 2.0, 3.0, 6.0], 500, 1)
    assert (found["n_pairs"], found["difference"]) == (4, 3.0)
    # Student's t of four values: 3 ± 3.44.
    assert (found["lower"], found["upper"]) == pytest.approx((-0.44, 6.44), abs=0.3)
    assert resampled_mean([4.0], 10, 1)["lower"] is None


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    # By hand: 1 - 6 * 2 / (4 * 15); and of ties the correlation of ranks 1.5, 1.5, 3, 4.
    [([1, 2, 3, 4], [1, 3, 2, 4], 0.8), ([1, 1, 2, 5], [4, 3, 3, 1], -3.75 / 4.5)],
)
def test_rank_correlation_is_spearmans(x, y, expected):
    assert rank_correlation(x, y) == pytest.approx(expected)


def test_rank_correlation_of_a_constant_is_undefined():
    assert rank_correlation([1, 1], [2, 3]) is None
    assert rank_correlation([], []) is None
