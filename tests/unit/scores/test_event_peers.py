"""Scores of events, held to those of sed_eval and psds_eval."""

import json
from pathlib import Path

import pytest

from anurans.scores.event_scores import Tolerances, judge, psds

# Made by tests/references/events_by_peers.py.
GIVEN = json.loads((Path(__file__).parents[2] / "data/events_by_peers.json").read_text())
ALLOWED = Tolerances(collar=GIVEN["collar"], overlap=0.0)


@pytest.mark.parametrize("case", GIVEN["cases"])
def test_segments_and_matches_are_those_of_sed_eval(case):
    durations = dict.fromkeys(case["calls"], GIVEN["duration"])
    found = judge(case["points"][0], case["calls"], durations, ALLOWED)
    segments, events = (
        {name: int(n) for name, n in case["peers"][what].items()} for what in ("segments", "events")
    )
    assert (found["segments_true"], found["segments"]) == (segments["Nref"], segments["Nsys"])
    assert found["segment_precision"] * segments["Nsys"] == pytest.approx(segments["Ntp"])
    assert found["segment_recall"] * segments["Nref"] == pytest.approx(segments["Ntp"])
    assert (found["calls"], found["events"]) == (events["Nref"], events["Nsys"])
    assert found["matched"] == events["Ntp"]


@pytest.mark.parametrize("most", [60, 100, 300])
@pytest.mark.parametrize("case", GIVEN["cases"])
def test_the_sweep_is_that_of_psds_eval(case, most):
    hours = len(case["calls"]) * GIVEN["duration"] / 3600
    allowed = Tolerances(false_per_hour=most)
    score, _ = psds(case["points"], case["calls"], hours, allowed)
    assert score == pytest.approx(case["peers"][f"psds_{most}"])
