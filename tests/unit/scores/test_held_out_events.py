"""Events of recordings that a model was held out from."""

import numpy as np
import pytest

from anurans.scores.calibration import Calibrator
from anurans.scores.event_scores import Tolerances, judge
from anurans.scores.events import SWEPT
from anurans.scores.held_out_events import held_out_events, read_held_out

SAME = Calibrator("platt", np.array([0.0, 1.0]), np.array([0.0, 1.0]))


def predictions(*scores, role="held_out", recording="R", threshold=0.5):
    return [
        {
            "clip": f"{recording}_{at}",
            "group": "N",
            "role": role,
            "score_A": "" if score is None else str(score),
            "predicted_A": str(int(score is not None and score >= threshold)),
        }
        for at, score in enumerate(scores)
    ]


def clips(n, recording="R"):
    return [
        {
            "clip": f"{recording}_{at}",
            "recording": recording,
            "start": str(5.0 * at),
            "end": str(5.0 * at + 5),
        }
        # In no order.
        for at in reversed(range(n))
    ]


def test_a_recording_counts_where_all_its_clips_were_held_out():
    folds = [
        [*predictions(0.1, 0.9), *predictions(0.4, recording="S")],
        [*predictions(0.8, 0.8, role="train"), *predictions(0.2, role="test", recording="T")],
    ]
    found = read_held_out(folds, [*clips(2), *clips(2, "S"), *clips(1, "T")], ["A"])
    assert found.names() == ["R"]
    assert found.scores[:, 0].tolist() == [0.1, 0.9] and found.starts.tolist() == [0, 5]
    # Dealt by clip, each fold has one of them.
    folds = [predictions(0.1)[:1], predictions(0.1, 0.9)[1:]]
    assert read_held_out(folds, clips(2), ["A"]).names() == ["R"]


def test_neighbours_that_are_positive_are_an_event_at_each_threshold():
    held_out = read_held_out([predictions(0.1, 0.7, 0.9, 0.3)], clips(4), ["A"])
    events, sweep = held_out_events(held_out, 0, 5.0, SAME)
    assert events == {"R": [(5.0, 15.0)]}
    of = dict(zip(SWEPT.round(2).tolist(), sweep, strict=True))
    assert of[0.06] == {"R": [(0.0, 20.0)]} and of[0.80] == {"R": [(10.0, 15.0)]}
    assert of[0.92] == {"R": []}
    judged = judge(events, {"R": [(5.0, 14.9)]}, {"R": 20.0}, Tolerances(), sweep)
    assert judged["matched"] == 1 and judged["psds"] == 1


def test_without_a_calibrator_there_is_no_sweep_and_without_a_score_no_event():
    held_out = read_held_out([predictions(None, 0.9)], clips(2), ["A"])
    events, sweep = held_out_events(held_out, 0, 5.0, None)
    assert events == {"R": [(5.0, 10.0)]} and sweep == []
    nothing = read_held_out([predictions(None, None)], clips(2), ["A"])
    events, sweep = held_out_events(nothing, 0, 5.0, SAME)
    assert events == {"R": []} and all(each == {"R": []} for each in sweep)
    assert judge(events, {"R": []}, {"R": 10.0}, Tolerances(), sweep)["psds"] is None
    assert judge(events, {"R": [(1, 2)]}, {"R": 10.0}, Tolerances())["match_f1"] == pytest.approx(0)
