"""Scores with intervals are those of scikit-learn, and say what they rest on."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score

from anurans.scores.comparison import score_model
from anurans.scores.curves import Scored
from anurans.scores.headlines import MODEL_COLUMNS, score_headlines, score_means

SPECIES = ["A", "B"]


def fold(seed, n=240, groups=24, first=0):
    rng = np.random.default_rng(seed)
    labels = rng.random((n, 2)) < [0.4, 0.2]
    scores = np.clip(rng.normal(0.35 + 0.3 * labels, 0.2), 0, 1)
    of = np.array([f"N{first + k * groups // n:02d}" for k in range(n)], dtype=object)
    return Scored(of, of, labels, scores > 0.5, scores, np.ones_like(labels, dtype=bool))


def table(folds, subset, **changes):
    settings = {"resamples": 200, "seed": 1} | changes
    rows = score_headlines(folds, subset, SPECIES, **settings)
    return {(row["score"], row["species"]): row for row in rows}


def test_one_fold_has_scikit_learns_scores():
    part = fold(1)
    found = table([part], "test")
    for column, name in enumerate(SPECIES):
        truth, predicted = part.labels[:, column], part.predicted[:, column]
        for score, known in (
            ("f1", f1_score(truth, predicted)),
            ("precision", precision_score(truth, predicted)),
            ("recall", recall_score(truth, predicted)),
            ("ap", average_precision_score(truth, part.scores[:, column])),
        ):
            row = found[score, name]
            assert row["value"] == pytest.approx(known)
            assert row["lower"] < row["value"] < row["upper"]
    assert found["ap", "mean"]["value"] == pytest.approx(
        np.mean([found["ap", name]["value"] for name in SPECIES])
    )


@pytest.mark.parametrize("subset", ["held_out", "test"])
def test_f1_and_its_interval_are_those_of_the_table_of_models(subset):
    folds = [fold(1), fold(2)] if subset == "test" else [fold(1), fold(2, first=24)]
    known = score_model(folds, subset, SPECIES, 200, 1)
    row = table(folds, subset)["f1", "mean"]
    assert row["value"] == pytest.approx(known["f1_macro"])
    assert (row["lower"], row["upper"]) == pytest.approx(
        (known["f1_macro_lower"], known["f1_macro_upper"])
    )


def test_average_precision_is_the_mean_over_folds():
    folds = [fold(1), fold(2, first=24)]
    known = [average_precision_score(each.labels[:, 0], each.scores[:, 0]) for each in folds]
    assert table(folds, "held_out")["ap", "A"]["value"] == pytest.approx(np.mean(known))


def test_pooled_precision_ranks_the_clips_of_all_folds_together():
    folds = [fold(1), fold(2, first=24)]
    # The second fold's model says less of everything: in each fold the ranks are what they were.
    lower = replace(folds[1], scores=folds[1].scores / 4)
    found = table([folds[0], lower], "held_out")
    same = table(folds, "held_out")
    known = average_precision_score(
        np.concatenate([f.labels[:, 1] for f in folds]),
        np.concatenate([folds[0].scores[:, 1], lower.scores[:, 1]]),
    )
    assert found["ap_pooled", "B"]["value"] == pytest.approx(known)
    assert found["ap", "B"]["value"] == same["ap", "B"]["value"]
    assert found["ap_pooled", "B"]["value"] < same["ap_pooled", "B"]["value"] - 0.05


def test_f1_at_half_and_the_means_of_the_table_of_models():
    folds = [fold(1), fold(2, first=24)]
    found = table(folds, "held_out")
    truth = np.concatenate([f.labels[:, 0] for f in folds])
    half = np.concatenate([f.scores[:, 0] >= 0.5 for f in folds])
    assert found["f1_at_half", "A"]["value"] == pytest.approx(f1_score(truth, half))
    means = score_means(folds, "held_out", SPECIES, 200, 1)
    assert list(means) == MODEL_COLUMNS
    row = found["ap", "mean"]
    columns = [means[f"map{end}"] for end in ("", "_lower", "_upper")]
    assert columns == [row["value"], row["lower"], row["upper"]]
    assert means["map_lower"] < means["map"] < means["map_upper"]


def test_draws_without_positives_are_dropped_and_counted():
    part = fold(3, groups=10)
    part.labels[:, 1] = part.groups == "N03"
    row = table([part], "test", resamples=1000)["recall", "B"]
    # A draw of 10 lacks one group with probability 0.9 ** 10 = 0.35.
    assert row["resamples"] == pytest.approx(1000 * (1 - 0.9**10), abs=50)
    assert (row["n_groups"], row["positive_groups"]) == (10, 1)
    assert (row["lower"], row["note"]) == (None, "no interval: positives in 1 group, 3 are needed")
    assert table([part], "test", resamples=1000)["recall", "mean"]["lower"] is None


@pytest.mark.parametrize(
    ("groups", "note"),
    [
        (2, "no interval: positives in 2 groups, 3 are needed"),
        (5, "rough: positives in fewer than 20 groups; 5 cannot give 95 %, at most 94 %"),
        (6, "rough: positives in fewer than 20 groups"),
        (20, ""),
    ],
)
def test_a_note_says_what_so_few_groups_can_give(groups, note):
    assert table([fold(1, groups=groups)], "test")["f1", "A"]["note"] == note


def test_20_groups_with_positives_need_no_warning():
    found = table([fold(1)], "test")
    assert found["f1", "A"]["positive_groups"] == 24
    assert found["f1", "A"]["note"] == ""


def test_a_species_without_positives_has_no_score():
    part = fold(1)
    part.labels[:, 1] = False
    found = table([part], "test")
    row = found["f1", "B"]
    assert np.isnan(row["value"])
    assert (row["lower"], row["resamples"], row["note"]) == (None, 0, "no positives")
    assert found["f1", "mean"]["value"] == found["f1", "A"]["value"]


def test_clips_whose_label_nobody_knows_do_not_count():
    part, rng = fold(3), np.random.default_rng(4)
    known = rng.random(part.labels.shape) < 0.7
    blank = {name: getattr(part, name) & known for name in ("labels", "predicted")}
    given = replace(part, **blank, scores=np.where(known, part.scores, 0.0), known=known)
    found = table([given], "test")
    for column, name in enumerate(SPECIES):
        of = known[:, column]
        truth, scores = part.labels[of, column], part.scores[of, column]
        expected = {
            "f1": f1_score(truth, scores > 0.5),
            "ap": average_precision_score(truth, scores),
            "ap_pooled": average_precision_score(truth, scores),
        }
        for score, value in expected.items():
            assert found[score, name]["value"] == pytest.approx(value), (score, name)
