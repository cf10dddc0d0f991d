"""A run is judged by heads that had not learnt from what they are asked."""

import numpy as np

from anurans.annotations.labels import Coverage, LabelRule, LabelTable
from anurans.scores.evaluation import tune_threshold
from anurans.scores.run_scores import (
    gather_clips,
    judge_run,
    prediction_rows,
    thresholds_at,
    tune_run,
)

CLIPS = ["c0", "c1", "c2", "c3"]
ROLES = {
    clip: {"fold-1": role, "night": night, "recording": f"r{clip}"}
    for clip, role, night in zip(
        CLIPS, ("train", "validation", "test", "test"), ("", "n1", "n2", "n3"), strict=True
    )
}
SCORES = np.array([[0.9], [0.1], [0.8], [0.2]], np.float32)


def table(clips=CLIPS, positive=(1, 0, 1, 0)):
    seconds = np.array(positive, float)
    names = np.array(clips, dtype=object)
    coverage = Coverage(seconds, seconds, seconds > 0, np.array(["clear"] * len(clips), object))
    return LabelTable(names, names, {"A": coverage}, np.zeros((len(names), 1), bool))


def gathered(unseen=None):
    return gather_clips(table(), LabelRule(), CLIPS, SCORES, unseen, ROLES, "1", "night")


def test_what_was_learnt_from_has_the_scores_of_fits_that_left_it_out():
    clips = gathered({"c0": [0.3], "c1": [0.6]})
    assert clips.scores[:, 0].tolist() == np.float32([0.3, 0.6, 0.8, 0.2]).tolist()
    assert clips.tuned_on("validation").scores[:, 0].tolist() == np.float32([0.3, 0.6]).tolist()
    assert gathered().tuned_on("validation").scores[:, 0].tolist() == [np.float32(0.1)]


def test_clips_without_a_night_are_a_group_of_their_recording():
    assert gathered().group.tolist() == ["rc0", "n1", "n2", "n3"]


def test_clips_are_found_by_name_whatever_their_order():
    turned = gather_clips(
        table(), LabelRule(), CLIPS[::-1], SCORES[::-1], None, ROLES, "1", "night"
    )
    assert turned.scores.tolist() == SCORES.tolist()


def test_each_part_has_a_row_and_each_clip_a_prediction():
    clips = gathered({"c0": [0.7], "c1": [0.1]})
    tuned = tune_run(clips, "validation")
    at = thresholds_at(clips, tuned, "validation")
    training = {"converged": True, "epochs": None, "best_epoch": None}
    training |= {"parameters_head": 10, "parameters_total": 1000}
    metrics, labelling = judge_run(clips, tuned, at, {"fold": "1"}, training, 10, 1)
    assert [(row["subset"], row["n_clips"], row["f1_A"]) for row in metrics] == [
        ("validation", 1, None),
        ("test", 2, 1.0),
    ]
    assert metrics[1]["converged"] == "yes" and metrics[1]["weights_mb"] == 0.004
    assert {row["subset"] for row in labelling} == {"validation", "test"}
    rows = list(prediction_rows(clips, at))
    assert [row["predicted_A"] for row in rows] == [1, 0, 1, 0]
    assert rows[0]["role"] == "train" and rows[0]["score_A"] == "0.699999988"


def test_what_nobody_knows_is_neither_tuned_on_nor_scored():
    clips = [f"c{n}" for n in range(8)]
    role = ["validation"] * 4 + ["test"] * 4
    roles = {
        clip: {"fold-1": of, "night": clip, "recording": f"r{clip}"}
        for clip, of in zip(clips, role, strict=True)
    }
    names = np.array(clips, dtype=object)
    truth = np.array([[1, 0], [0, 1], [1, 0], [0, 1], [1, 0], [0, 1], [1, 1], [0, 0]], float)
    unknown = np.zeros((8, 2), bool)
    unknown[[2, 6], 0] = unknown[[3, 6], 1] = True
    # Where nobody knows, scores are as wrong as can be.
    scores = np.where(unknown, 1 - truth, 0.2 + 0.6 * truth).astype(np.float32)

    def judged(keep, seconds, chosen=False):
        # Labels that nobody knows, or that are known of chosen clips alone.
        seconds = (seconds if chosen else np.where(unknown, np.nan, seconds))[keep]
        grades = np.full(len(keep), "", object)
        covers = {
            name: Coverage(of, of, np.nan_to_num(of) > 0, grades)
            for name, of in zip("AB", seconds.T, strict=True)
        }
        not_drawn = unknown[keep] if chosen else np.zeros((len(keep), 2), bool)
        table = LabelTable(names[keep], names[keep], covers, not_drawn)
        given = gather_clips(table, LabelRule(), clips, scores, None, roles, "1", "night")
        tuned = tune_run(given, "validation")
        at = thresholds_at(given, tuned, "validation")
        training = {"converged": True, "epochs": 1, "best_epoch": 1}
        training |= {"parameters_head": 10, "parameters_total": 1000}
        return given, tuned, *judge_run(given, tuned, at, {}, training, 10, 1), at

    given, tuned, metrics, labelling, at = judged(np.arange(8), truth)
    assert given.used.tolist() == [True] * 6 + [False, True]
    assert [row["positives"] for row in tuned] == [1, 1]
    (test,) = [row for row in metrics if row["subset"] == "test"]
    assert (test["n_clips"], test["positives_A"], test["positives_B"]) == (3, 1, 1)
    assert (test["f1_A"], test["f1_B"], test["ap_A"], test["auroc_B"]) == (1, 1, 1, 1)
    counts = {row["species"]: row["n_clips"] for row in labelling if row["subset"] == "validation"}
    assert counts == {"A": 3, "B": 3, "mean": 4}
    # As if the clip of which nothing is known were not there, but for its row.
    without = judged(np.array([0, 1, 2, 3, 4, 5, 7]), truth)
    assert without[1:4] == (tuned, metrics, labelling)
    assert judged(np.arange(8), truth, chosen=True)[1:4] == (tuned, metrics, labelling)
    rows = list(prediction_rows(given, at))
    assert [row["label_A"] for row in rows] == [1, 0, "", 0, 1, 0, "", 0]
    assert (rows[6]["used"], rows[6]["score_A"], rows[6]["label_B"]) == (0, "0", "")


def test_validation_clips_are_judged_by_thresholds_of_other_groups():
    roles = {clip: row | {"fold-1": "validation"} for clip, row in ROLES.items()}
    given = table(positive=(1, 0, 1, 1))
    clips = gather_clips(given, LabelRule(), CLIPS, SCORES, None, roles, "1", "night")
    tuned = tune_run(clips, "validation")
    at = thresholds_at(clips, tuned, "validation")
    assert len(set(at.ravel().tolist())) > 1
    for row in range(4):
        others = np.arange(4) != row
        expected = tune_threshold(clips.labels[others, 0], clips.scores[others, 0])
        assert at[row, 0] == expected
    # All others are judged at the run's own.
    part = gathered({"c0": [0.7], "c1": [0.1]})
    tuned = tune_run(part, "validation")
    assert thresholds_at(part, tuned, "validation").ravel().tolist() == [tuned[0]["threshold"]] * 4
