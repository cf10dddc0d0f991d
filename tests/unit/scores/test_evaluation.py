"""Thresholds by hand, scores as scikit-learn's, intervals that hold the estimate."""

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

from anurans.annotations.labels import Coverage
from anurans.scores.evaluation import (
    Part,
    macro_f1_interval,
    score_part,
    score_rules,
    tune_apart,
    tune_threshold,
    tune_thresholds,
)

SPECIES = ["B", "P", "L"]


def part(n=400, groups=20, seed=1, species=3):
    rng = np.random.default_rng(seed)
    labels = rng.random((n, species)) < [0.4, 0.2, 0.1][:species]
    scores = np.clip(labels * 0.3 + rng.random((n, species)) * 0.7, 0, 1)
    of = np.arange(n) * groups // n
    recordings = np.array([f"R{i}" for i in np.arange(n) * 2 * groups // n], dtype=object)
    return Part(labels, scores, recordings, np.array([f"G{i}" for i in of], dtype=object))


@pytest.mark.parametrize(
    ("labels", "scores", "threshold"),
    [
        ([0, 0, 1, 1], [0.1, 0.2, 0.6, 0.9], 0.4),
        ([0, 1], [0.3, 0.5], 0.4),
        ([1, 1], [0.3, 0.5], 0.15),
        ([1], [0.8], 0.4),
        ([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], 0.15),
        ([0, 0, 0, 1], [0.7, 0.7, 0.7, 0.9], 0.8),
        ([1, 0], [0.5, 0.5], 0.25),
        # Letting in the first (2/3) and letting in all four (2/3) are equally good.
        ([1, 0, 0, 1], [0.9, 0.8, 0.7, 0.2], 0.85),
    ],
)
def test_a_threshold_by_hand(labels, scores, threshold):
    found = tune_threshold(np.array(labels, bool), np.array(scores))
    assert found == pytest.approx(threshold)
    assert isinstance(found, float)


def test_no_threshold_without_positives():
    assert tune_threshold(np.zeros(3, bool), np.array([0.1, 0.5, 0.9])) is None


@pytest.mark.parametrize("seed", range(5))
def test_no_other_threshold_does_better(seed):
    given = part(60, seed=seed)
    for labels, scores in zip(given.labels.T, given.scores.T, strict=True):
        threshold = tune_threshold(labels, scores)
        others = [f1_score(labels, scores >= other) for other in np.append(scores, 0.0)]
        assert f1_score(labels, scores >= threshold) == pytest.approx(max(others))


def test_clips_are_judged_by_thresholds_of_other_groups():
    labels = np.array([[0], [1], [0], [1], [0], [1]], bool)
    scores = np.array([[0.1], [0.3], [0.5], [0.9], [0.2], [0.4]])
    groups = np.array(list("AABBCC"), dtype=object)
    recordings = np.array(list("112345"), dtype=object)
    given = Part(labels, scores, recordings, groups)
    found = tune_apart(given, given, [0.7])
    # Of A those of B and C: letting in 0.9 alone, or 0.4 and above with a false one.
    for group, others in (("A", "BC"), ("B", "AC"), ("C", "AB")):
        of = np.isin(groups, list(others))
        expected = tune_threshold(labels[of, 0], scores[of, 0])
        assert found[groups == group].ravel().tolist() == [expected] * 2
    # One group: its recordings; one recording: the thresholds of all.
    one = Part(labels, scores, recordings, np.full(6, "A", dtype=object))
    assert len(set(tune_apart(one, one, [0.7]).ravel().tolist())) > 1
    alone = Part(*(each[:2] for each in (labels, scores, recordings, groups)))
    assert tune_apart(alone, alone, [0.7]).tolist() == [[0.7], [0.7]]
    # No other group calls.
    quiet = Part(labels & (groups == "A")[:, None], scores, recordings, groups)
    assert tune_apart(quiet, quiet, [0.7])[:2].tolist() == [[0.7], [0.7]]
    # Clips that are judged need not be those that thresholds come from.
    judged = Part(*(each[:4] for each in (labels, scores, recordings, groups)))
    assert tune_apart(given, judged, [0.7]).tolist() == found[:4].tolist()


def test_thresholds_of_clips_that_say_nothing_do_not_flatter():
    """Scores of chance: tuned on itself a part is judged well, by other groups as it is."""
    flattered, apart = [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        labels, scores = rng.random((40, 1)) < 0.15, rng.random((40, 1))
        groups = np.repeat(np.array(list("ABCD"), dtype=object), 10)
        if not labels.any():
            continue
        given = Part(labels, scores, groups, groups)
        thresholds = [row["threshold"] for row in tune_thresholds(["B"], given)]
        flattered.append(score_part(["B"], given, thresholds, 10, 1)["f1_macro"])
        mine = tune_apart(given, given, thresholds)
        apart.append(score_part(["B"], given, mine, 10, 1)["f1_macro"])
    assert np.mean(apart) < 0.3 < np.mean(flattered)


def test_thresholds_of_species():
    labels = np.array([[0, 0], [1, 0], [1, 0]], bool)
    scores = np.array([[0.2, 0.9], [0.6, 0.1], [0.8, 0.1]])
    names = np.array(["A", "A", "A"], dtype=object)
    rows = tune_thresholds(["B", "P"], Part(labels, scores, names, names))
    assert rows == [
        {"species": "B", "threshold": pytest.approx(0.4), "source": "tuned", "positives": 2},
        {"species": "P", "threshold": 0.5, "source": "default", "positives": 0},
    ]


def test_scores_are_those_of_scikit_learn():
    given, thresholds = part(), [0.45, 0.5, 0.6]
    row = score_part(SPECIES, given, thresholds, 200, 1)
    predicted = given.scores >= thresholds
    for column, name in enumerate(SPECIES):
        truth, decided = given.labels[:, column], predicted[:, column]
        score = given.scores[:, column]
        expected = {
            "positives": truth.sum(),
            "f1": f1_score(truth, decided),
            "precision": precision_score(truth, decided),
            "recall": recall_score(truth, decided),
            "ap": average_precision_score(truth, score),
            "auroc": roc_auc_score(truth, score),
            "f1_at_half": f1_score(truth, score >= 0.5),
        }
        for measure, value in expected.items():
            assert row[f"{measure}_{name}"] == pytest.approx(value)
    assert row["f1_macro"] == pytest.approx(f1_score(given.labels, predicted, average="macro"))
    assert row["f1_micro"] == pytest.approx(f1_score(given.labels, predicted, average="micro"))
    assert row["map"] == pytest.approx(average_precision_score(given.labels, given.scores))
    assert row["f1_at_half_macro"] == pytest.approx(
        f1_score(given.labels, given.scores >= 0.5, average="macro")
    )
    counts = [row[f"n_{what}"] for what in ("clips", "recordings", "groups", "species")]
    assert counts == [400, 40, 20, 3]


def test_a_score_at_the_threshold_is_positive():
    names = np.array(["A", "B"], dtype=object)
    given = Part(np.array([[True], [False]]), np.array([[0.5], [0.4]]), names, names)
    row = score_part(["B"], given, [0.5], 100, 1)
    assert (row["f1_B"], row["f1_at_half_B"]) == (1.0, 1.0)


def test_cells_without_positives_are_empty():
    given = part()
    given.labels[:, 1] = False
    row = score_part(SPECIES, given, [0.5, 0.5, 0.5], 100, 1)
    for measure in ("f1", "recall", "ap", "auroc", "f1_at_half"):
        assert row[f"{measure}_P"] is None
        assert row[f"{measure}_B"] is not None
    assert row["precision_P"] == 0.0
    assert row["positives_P"] == 0
    assert row["n_species"] == 2
    assert row["f1_macro"] == pytest.approx((row["f1_B"] + row["f1_L"]) / 2)
    assert row["map"] == pytest.approx((row["ap_B"] + row["ap_L"]) / 2)


def without(given, rows, column):
    """The same clips, some of which have no score of a species."""
    given.scores[rows, column] = np.nan
    return given


def test_a_species_without_scores_does_not_count():
    given, thresholds = without(part(), slice(None), 1), [0.45, 0.5, 0.6]
    row = score_part(SPECIES, given, thresholds, 300, 1)
    columns = [0, 2]
    two = Part(part().labels[:, columns], part().scores[:, columns], given.recordings, given.groups)
    expected = score_part(["B", "L"], two, [0.45, 0.6], 300, 1)
    for measure in ("f1", "recall", "precision", "ap", "auroc", "f1_at_half"):
        assert row[f"{measure}_P"] is None
    assert (row["positives_P"], row["positive_groups_P"]) == (0, 0)
    assert {key: row[key] for key in expected} == expected


def test_clips_without_a_score_count_for_the_other_species_alone():
    missing = np.arange(400) % 3 == 0
    given, thresholds = without(part(), missing, 1), [0.45, 0.5, 0.6]
    row = score_part(SPECIES, given, thresholds, 100, 1)
    full = score_part(SPECIES, part(), thresholds, 100, 1)
    truth, scores = part().labels[~missing, 1], part().scores[~missing, 1]
    assert row["positives_P"] == truth.sum() < full["positives_P"]
    assert row["f1_P"] == pytest.approx(f1_score(truth, scores >= 0.5))
    assert row["precision_P"] == pytest.approx(precision_score(truth, scores >= 0.5))
    assert row["ap_P"] == pytest.approx(average_precision_score(truth, scores))
    assert row["auroc_P"] == pytest.approx(roc_auc_score(truth, scores))
    for measure in ("f1", "ap", "auroc", "positives"):
        assert row[f"{measure}_B"] == full[f"{measure}_B"]
    # The clip itself is scored: of other species.
    assert row["n_clips"] == 400


def test_thresholds_are_tuned_on_clips_that_have_a_score():
    missing = np.arange(400) % 3 == 0
    given = without(without(part(), missing, 0), slice(None), 2)
    rows = tune_thresholds(SPECIES, given)
    expected = tune_threshold(part().labels[~missing, 0], part().scores[~missing, 0])
    assert (rows[0]["threshold"], rows[0]["source"]) == (expected, "tuned")
    assert rows[0]["positives"] == part().labels[~missing, 0].sum()
    assert rows[2] == {"species": "L", "threshold": 0.5, "source": "default", "positives": 0}


def test_the_interval_takes_no_notice_of_species_without_scores():
    given = without(part(), slice(None), 1)
    row = score_part(SPECIES, given, [0.5] * 3, 500, 1)
    assert row["f1_macro_lower"] < row["f1_macro"] < row["f1_macro_upper"]
    assert not np.isnan([row["f1_macro_lower"], row["f1_macro_upper"]]).any()


def test_rules_and_grades_leave_out_clips_without_a_score():
    coverage = {
        name: Coverage(
            np.array([2.0, 3.0, 0.0, 0.0]),
            np.array([0.6, 1.0, 0.0, 0.0]),
            np.array([0, 1, 0, 0]),
            np.array(["far", "clear", "", ""], dtype=object),
        )
        for name in ("B", "P")
    }
    scores = np.array([[0.9, np.nan], [np.nan, np.nan], [0.2, np.nan], [0.6, np.nan]])
    rows = score_rules(["B", "P"], coverage, scores, [0.5, 0.5], "negative")
    of = {(row["labelling"], row["species"], row["grade"]): row for row in rows}
    known = of["default", "B", "all"]
    assert (known["n_clips"], known["positives"], known["recall"]) == (3, 1, 1.0)
    assert known["precision"] == 0.5
    unknown = of["default", "P", "all"]
    assert (unknown["n_clips"], unknown["positives"], unknown["f1"]) == (0, 0, None)
    assert of["default", "mean", "all"]["f1"] == known["f1"]


def test_precision_is_empty_without_predictions():
    row = score_part(SPECIES, part(), [0.5, 2.0, 0.5], 100, 1)
    assert row["precision_P"] is None
    assert row["recall_P"] == row["f1_P"] == 0.0


def test_auroc_is_empty_where_all_are_positive():
    given = part()
    given.labels[:, 0] = True
    row = score_part(SPECIES, given, [0.5, 0.5, 0.5], 100, 1)
    assert row["auroc_B"] is None
    assert row["ap_B"] == 1.0


def test_nothing_positive_at_all():
    given = part()
    given.labels[:] = False
    row = score_part(SPECIES, given, [0.5, 0.5, 0.5], 100, 1)
    for measure in ("f1_macro", "f1_micro", "map", "f1_macro_lower", "f1_at_half_macro"):
        assert row[measure] is None
    assert (row["n_clips"], row["n_species"]) == (400, 0)


@pytest.mark.parametrize("seed", range(3))
def test_the_interval_contains_the_estimate(seed):
    given = part(seed=seed)
    row = score_part(SPECIES, given, [0.5, 0.5, 0.5], 500, seed)
    assert row["f1_macro_lower"] < row["f1_macro"] < row["f1_macro_upper"]
    assert 0.01 < row["f1_macro_upper"] - row["f1_macro_lower"] < 0.3


def test_the_interval_is_that_of_drawing_groups():
    given = part()
    predicted = given.scores >= 0.5
    rng = np.random.default_rng(9)
    rows = {name: np.flatnonzero(given.groups == name) for name in np.unique(given.groups)}
    drawn = []
    for _ in range(300):
        chosen = np.concatenate([rows[name] for name in rng.choice(list(rows), len(rows))])
        drawn.append(
            np.mean([f1_score(given.labels[chosen, k], predicted[chosen, k]) for k in range(3)])
        )
    found = macro_f1_interval(given, predicted, 3000, 1)
    np.testing.assert_allclose(found, np.quantile(drawn, [0.025, 0.975]), atol=0.02)


def test_equal_groups_have_no_width():
    names = np.repeat(np.array(["A", "B", "C"], dtype=object), 3)
    labels = np.tile([[True], [True], [False]], (3, 1))
    predicted = np.tile([[True], [False], [False]], (3, 1))
    lower, upper = macro_f1_interval(Part(labels, predicted * 1.0, names, names), predicted, 100, 1)
    assert lower == pytest.approx(2 / 3)
    assert upper == pytest.approx(2 / 3)


def test_no_interval_of_one_group():
    given = part(groups=1)
    assert macro_f1_interval(given, given.scores >= 0.5, 100, 1) == (None, None)


def test_draws_without_a_species_are_no_trouble():
    given = part(groups=10)
    given.labels[120:] = False
    lower, upper = macro_f1_interval(given, given.scores >= 0.5, 500, 1)
    assert 0 <= lower <= upper <= 1


def test_a_species_that_calls_in_one_group_leaves_the_mean_without_an_interval():
    given = part(groups=10)
    given.labels[:, 2] = given.groups == "G3"
    assert macro_f1_interval(given, given.scores >= 0.5, 100, 1) == (None, None)


def test_the_seed_decides():
    def scores(seed):
        return score_part(SPECIES, part(), [0.5, 0.5, 0.5], 300, seed)

    assert scores(1) == scores(1)
    assert scores(1)["f1_macro_lower"] != scores(2)["f1_macro_lower"]
    assert scores(1)["f1_macro"] == scores(2)["f1_macro"]


@pytest.mark.parametrize("seed", range(20))
def test_f1_is_the_same_in_both_tables_where_scores_are_saturated(seed):
    # As a sigmoid in single precision gives them: the last values below 1, a digit apart.
    rng = np.random.default_rng(seed)
    called = rng.random(40) < 0.5
    steps = rng.integers(0, 4, 40) - 2 * called
    scores = (1 - np.clip(steps, 0, None) * 2.0**-24)[:, None].astype(np.float32)
    names = np.array([f"R{i}" for i in range(40)], dtype=object)
    given = Part(called[:, None], scores, names, names)
    (tuned,) = tune_thresholds(["B"], given)
    seconds = np.where(called, 5.0, 0.0)
    coverage = {
        "B": Coverage(seconds, seconds / 5, called.astype(int), np.full(40, "", dtype=object))
    }
    thresholds = [tuned["threshold"]]
    scored = score_part(["B"], given, thresholds, 10, 1)
    judged = score_rules(["B"], coverage, scores, thresholds, "negative")[0]
    assert judged["labelling"] == "default" and judged["positives"] == scored["positives_B"]
    assert judged["f1"] == scored["f1_B"] == scored["f1_macro"]
    # The same decisions as predictions.tsv has, of scores as they are.
    decided = np.array([float(score) >= thresholds[0] for score in scores[:, 0]])
    assert scored["f1_B"] == f1_score(called, decided)


def test_rules_and_grades_from_stored_scores():
    # Far, medium, and one that only touches; then nothing.
    coverage = {
        "B": Coverage(
            np.array([2.0, 3.0, 0.1, 0.0]),
            np.array([0.6, 1.0, 0.2, 0.0]),
            np.array([0, 1, 0, 0]),
            np.array(["far", "medium", "far", ""], dtype=object),
        )
    }
    scores = np.array([[0.9], [0.3], [0.2], [0.6]])
    rows = score_rules(["B"], coverage, scores, [0.5], "negative")
    of = {(row["labelling"], row["species"], row["grade"]): row for row in rows}
    assert set(of) == {
        *(
            (rule, name, "all")
            for rule in ("default", "any", "contained")
            for name in ("B", "mean")
        ),
        *(("default", "B", grade) for grade in ("far", "medium")),
        *(("any", "B", grade) for grade in ("far", "medium")),
        ("contained", "B", "medium"),
    }
    assert [of[rule, "B", "all"]["positives"] for rule in ("default", "any", "contained")] == [
        2,
        3,
        1,
    ]
    assert of["default", "B", "all"]["recall"] == 0.5
    assert of["default", "B", "far"]["recall"] == 1
    assert of["default", "B", "medium"]["recall"] == 0
    # One far positive against the two negatives, of which one scores lower.
    assert of["default", "B", "far"]["n_clips"] == 3
    assert of["default", "B", "far"]["precision"] == 0.5
    assert of["default", "B", "medium"]["auroc"] == 0.5
    assert of["any", "B", "far"]["recall"] == 0.5
    assert of["any", "mean", "all"]["f1"] == of["any", "B", "all"]["f1"]
    dropped = score_rules(["B"], coverage, scores, [0.5], "drop")
    assert dropped[0]["n_clips"] == 3
