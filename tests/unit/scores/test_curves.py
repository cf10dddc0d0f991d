"""Precision and recall, reliability and scores by hour, on clips whose answers are known."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from anurans.scores.curves import (
    Scored,
    measure_reliability,
    pool,
    read_scored,
    score_places,
    trace_precision_recall,
    weigh_clips,
)


def scored(labels, scores, groups=None, threshold=0.5, recordings=None, known=None):
    """Clips of one species."""
    n = len(labels)
    groups = [f"N{at}" for at in range(n)] if groups is None else groups
    scores = np.array(scores, dtype=float).reshape(n, 1)
    return Scored(
        np.array(groups if recordings is None else recordings, dtype=object),
        np.array(groups, dtype=object),
        np.array(labels, dtype=bool).reshape(n, 1),
        scores >= threshold,
        scores,
        np.ones((n, 1), dtype=bool) if known is None else np.array(known).reshape(n, 1),
    )


def test_only_used_clips_of_the_part_are_read():
    row = {"recording": "R", "group": "N", "role": "test", "used": "1"}
    row |= {"score_A": "0.25", "predicted_A": "1", "label_A": "0"}
    rows = [row, row | {"used": "0"}, row | {"role": "train"}, row | {"label_A": "1"}]
    part = read_scored(rows, ["A"], "test")
    assert part.scores.tolist() == [[0.25], [0.25]]
    assert part.labels.tolist() == [[False], [True]]
    assert part.predicted.all() and part.groups.tolist() == ["N", "N"]
    none = read_scored(rows, ["A"], "held_out")
    assert none.scores.shape == (0, 1) and len(pool([none, part]).labels) == 2


def test_empty_scores_are_as_if_none_had_called():
    row = {"recording": "R", "group": "N", "role": "test", "used": "1"}
    row |= {"score_A": "0.75", "predicted_A": "1", "label_A": "1"}
    row |= {"score_B": "", "predicted_B": "0", "label_B": "1"}
    part = read_scored([row], ["A", "B"], "test")
    assert part.scores.tolist() == [[0.75, 0.0]]
    assert part.labels.tolist() == part.predicted.tolist() == [[True, False]]
    of = trace_precision_recall(part, 1, 10, 0)
    assert of.ap is None and of.positives == 0


def test_clips_whose_label_nobody_knows_do_not_count():
    labels, scores = [1, 1, 0, 0, 1], [0.9, 0.4, 0.3, 0.6, 0.0]
    known = [True] * 5
    part = scored([*labels, 0, 1], [*scores, 0.95, 0.1], known=[*known, False, False])
    alone = scored(labels, scores)
    for column in (part, alone):
        assert column.about(0).scores.ravel().tolist() == scores
    one, other = (trace_precision_recall(each, 0, 50, 1) for each in (part, alone))
    assert (one.ap, one.clips, one.positives, one.operating) == (
        *(other.ap, 5, 3, other.operating),
    )
    of, alone_of = (measure_reliability(each, 0, 50, 1) for each in (part, alone))
    assert of.ece == alone_of.ece and of.clips.tolist() == alone_of.clips.tolist()
    places = np.zeros(7, int)
    row = score_places([part], "test", 0, [places], 10, 1)[0]
    assert (row.clips, row.positives) == (5, 3)
    row = {"recording": "R", "group": "N", "role": "test", "used": "1"}
    row |= {"score_A": "0.75", "predicted_A": "1", "label_A": "", "score_B": "0.75"}
    found = read_scored([row | {"predicted_B": "1", "label_B": "0"}], ["A", "B"], "test")
    assert found.known.tolist() == [[False, True]]
    assert found.predicted.tolist() == [[False, True]] and not found.labels.any()


def test_clips_of_a_group_count_together():
    weights = weigh_clips(np.array(["a", "b", "a"], dtype=object), 50, 0)
    assert (weights[:, 0] == weights[:, 2]).all() and (weights[:, :2].sum(axis=1) == 2).all()
    assert weigh_clips(np.array(["a", "a"], dtype=object), 50, 0) is None


def test_precision_and_recall_of_a_known_ranking():
    part = scored([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], threshold=0.75)
    of = trace_precision_recall(part, 0, 100, 0)
    assert of.ap == pytest.approx((1 + 2 / 3) / 2)
    assert of.operating == (0.5, 0.5)
    assert (of.positives, of.clips) == (2, 4)
    assert of.recall.tolist() == [1.0, 1.0, 0.5, 0.5] and of.recall.min() > 0
    assert of.precision.tolist() == pytest.approx([0.5, 2 / 3, 0.5, 1.0])
    # Two groups with calls do not tell how it would be in others; three do, if roughly.
    assert of.interval == (None, None)
    three = trace_precision_recall(scored([1, 0, 1, 1], [0.9, 0.8, 0.7, 0.1]), 0, 100, 0)
    assert three.interval[0] <= three.ap <= three.interval[1]
    one = trace_precision_recall(scored([1, 0], [0.9, 0.1], ["N", "N"]), 0, 100, 0)
    assert one.ap == 1.0 and one.interval == (None, None)


def test_without_positives_there_is_no_precision_and_recall():
    of = trace_precision_recall(scored([0, 0], [0.9, 0.1]), 0, 100, 0)
    assert of.ap is None and of.operating is None and not len(of.recall) and of.clips == 2
    silent = trace_precision_recall(scored([1, 0], [0.4, 0.1]), 0, 100, 0)
    assert silent.operating is None and silent.ap == 1.0


def test_reliability_of_known_bins():
    labels, scores = [0, 0, 0, 1, 1, 1], [0.05, 0.05, 0.05, 0.05, 0.95, 0.95]
    of = measure_reliability(scored(labels, scores, ["a", "b", "c", "b", "a", "b"]), 0, 200, 0)
    assert of.said == pytest.approx([0.05, 0.95]) and of.seen == pytest.approx([0.25, 1.0])
    assert of.clips.tolist() == [4, 2]
    assert of.ece == pytest.approx((4 * 0.2 + 2 * 0.05) / 6)
    assert of.lower[0] == 0 and of.upper[0] == 0.5
    # All clips of the upper bin are alike.
    assert np.isnan([of.lower[1], of.upper[1]]).all()


def test_reliability_bins_are_those_of_scikit_learn():
    rng = np.random.default_rng(2)
    labels, scores = rng.random(300) < 0.4, np.append(rng.random(290), np.arange(10) / 10)
    of = measure_reliability(scored(labels, scores), 0, 50, 0)
    seen, said = calibration_curve(labels, scores, n_bins=10)
    assert of.seen == pytest.approx(seen) and of.said == pytest.approx(said)
    assert of.clips.sum() == 300 and (of.lower <= of.seen).all() and (of.seen <= of.upper).all()


def test_reliability_without_clips_or_groups():
    assert measure_reliability(scored([], []), 0, 50, 0).ece is None
    one = measure_reliability(scored([0, 1], [0.5, 0.5], ["N", "N"]), 0, 50, 0)
    assert one.ece == 0 and np.isnan(one.lower).all()


def test_scores_by_hour_pool_held_out_folds_and_average_test():
    first = scored([1, 1, 0], [0.9, 0.1, 0.9], ["a", "b", "c"], recordings=["a", "b", "c"])
    second = scored([1, 0, 1], [0.9, 0.1, 0.1], ["d", "e", "f"], recordings=["d", "e", "f"])
    hours = [np.array([8, 8, 20]), np.array([8, 20, -1])]
    early, late = score_places([first, second], "held_out", 0, hours, 100, 0)
    assert early.place == 8 and early.f1 == pytest.approx(2 * 2 / (3 + 2))
    assert (early.positives, early.clips, early.recordings) == (3, 3, 3)
    assert None not in early.interval
    assert late.place == 20 and late.f1 is None and late.interval == (None, None)
    assert (late.positives, late.clips) == (0, 2)

    worse = scored([1, 1, 0], [0.9, 0.9, 0.9], ["a", "b", "c"], recordings=["a", "b", "c"])
    early = score_places([first, worse], "test", 0, [np.array([8, 8, -1])] * 2, 100, 0)[0]
    assert early.f1 == pytest.approx((2 / 3 + 1) / 2) and early.clips == 2
    assert score_places([first], "test", 0, [np.array([8, -1, -1])], 100, 0)[0].interval == (
        None,
        None,
    )
