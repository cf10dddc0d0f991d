"""Detection histories, by hand: NA where nothing was recorded, and never 0."""

import pytest

from anurans.exports import histories
from anurans.exports.answers import Settled, by_recording
from anurans.exports.site_counts import Calls, Effort

FIRST, SECOND, THIRD = "2021-02-10", "2021-02-11", "2021-02-13"
# POND: two nights, the first in two hours; MARSH: the second and the third.
EFFORTS = {
    ("POND", FIRST, "20", "1"): Effort(1, 2.0, 120.0),
    ("POND", FIRST, "22", "3"): Effort(1, 1.0, 210.0),
    ("POND", SECOND, "20", "1"): Effort(1, 1.0, 60.0),
    ("MARSH", SECOND, "20", ""): Effort(2, 4.0, None),
    ("MARSH", THIRD, "20", ""): Effort(1, 1.0, None),
    ("", THIRD, "20", ""): Effort(1, 1.0, None),
    ("MARSH", "", "", ""): Effort(1, 1.0, None),
}
CALLS = {
    (("POND", FIRST, "22", "3"), "LOW"): Calls(12, 3, 1, 2.0),
    (("POND", SECOND, "20", "1"), "LOW"): Calls(12, 1, 1, 2.0),
    (("MARSH", SECOND, "20", ""), "LOW"): Calls(48, 0, 0, 1.0),
    (("", THIRD, "20", ""), "LOW"): Calls(12, 9, 4, 9.0),
    (("MARSH", "", "", ""), "LOW"): Calls(12, 9, 4, 9.0),
    (("MARSH", THIRD, "20", ""), "HIGH"): Calls(12, 9, 4, 9.0),
}
TOLD = {
    "p1": {"site": "POND", "date": FIRST, "time": "22:00:00"},
    "p2": {"site": "POND", "date": SECOND, "time": "20:00:00"},
    "m2": {"site": "MARSH", "date": SECOND, "time": "20:00:00"},
    "stray": {"site": "LAKE", "date": SECOND, "time": "20:00:00"},
}
EVENTS = [
    {"recording": "p1", "species": "LOW", "start": "0", "end": "5"},
    {"recording": "p2", "species": "LOW", "start": "10", "end": "15"},
]


@pytest.fixture
def of():
    return histories.survey(EFFORTS, "night")


def table(of, values, **how):
    return [list(row.values()) for row in histories.matrix_rows(of, values, **how)]


def test_cells_without_a_recording_are_na(of):
    assert histories.matrix_columns(of) == ("site", FIRST, SECOND, THIRD)
    assert table(of, histories.detections(of, CALLS, "LOW")) == [
        ["MARSH", "NA", "0", "0"],
        ["POND", "1", "1", "NA"],
    ]
    assert table(of, histories.detections(of, CALLS, "HIGH")) == [
        ["MARSH", "NA", "0", "1"],
        ["POND", "0", "0", "NA"],
    ]


def test_a_recording_in_which_nothing_was_listened_to_is_no_survey():
    efforts = EFFORTS | {("POND", THIRD, "20", "1"): Effort(1, 0.0, 0.0)}
    assert histories.survey(efforts, "night") == histories.survey(EFFORTS, "night")


def test_effort_is_0_and_not_na(of):
    zero = histories.minutes_text(0)
    assert table(of, of.minutes, form=histories.minutes_text, missing=zero) == [
        ["MARSH", "0.000", "4.000", "1.000"],
        ["POND", "3.000", "1.000", "0.000"],
    ]


def test_covariates_of_occasions(of):
    # Of 3 minutes, 2 at 60 and 1 at 210 minutes after sunset.
    assert table(of, of.sun, form=histories.whole_text) == [
        ["MARSH", "NA", "NA", "NA"],
        ["POND", "110", "60", "NA"],
    ]
    assert table(of, histories.days(of), form="{:g}".format) == [
        ["MARSH", "NA", "1", "3"],
        ["POND", "0", "1", "NA"],
    ]
    drift = [
        {"recording": "p1", "night": FIRST, "level": "-40", "outside": "level season"},
        {"recording": "p1", "night": FIRST, "level": "-30", "outside": "season"},
        {"recording": "m2", "night": SECOND, "level": "-20", "outside": ""},
        {"recording": "stray", "night": SECOND, "level": "-1", "outside": ""},
    ]
    sites = {name: told["site"] for name, told in TOLD.items()}
    level, outside = histories.sound_of_cells(of, drift, sites)
    assert sorted(level.values()) == [-35.0, -20.0] and sorted(outside.values()) == [0.0, 0.5]


def test_occasions_of_several_nights():
    of = histories.survey(EFFORTS, 2)
    assert table(of, histories.detections(of, CALLS, "LOW")) == [
        ["MARSH", "0", "0"],
        ["POND", "1", "NA"],
    ]
    assert table(of, of.minutes, form="{:g}".format) == [["MARSH", "4", "1"], ["POND", "4", "NA"]]
    assert set(histories.days(of).values()) == {0.5, 2.5 + 0.0}


def judged(of, *answers):
    told = by_recording(answers)
    found = histories.judge_cells(of, "LOW", EVENTS, told, TOLD)
    detected = histories.detections(of, CALLS, "LOW")
    sure = histories.confirmed_only(detected, found)
    return table(of, sure), table(of, histories.states(detected, found))


def test_what_nobody_judged_is_na_where_something_was_detected(of):
    assert judged(of) == (
        [["MARSH", "NA", "0", "0"], ["POND", "NA", "NA", "NA"]],
        [["MARSH", "NA", "0", "0"], ["POND", "1", "1", "NA"]],
    )


def test_confirmed_and_rejected(of):
    found = judged(
        of,
        Settled("p1", 0.0, 5.0, "LOW", "present", "Ana"),
        Settled("p2", 10.0, 15.0, "LOW", "absent", "Ana"),
        # Heard where the model heard nothing, as in a queue that was drawn at random.
        Settled("m2", 30.0, 35.0, "LOW", "present", "Ana"),
        Settled("m2", 30.0, 35.0, "HIGH", "present", "Ana"),
        Settled("stray", 0.0, 5.0, "LOW", "present", "Ana"),
    )
    assert found == (
        [["MARSH", "NA", "1", "0"], ["POND", "1", "0", "NA"]],
        # What was rejected stays a doubtful detection: false alarms are estimated from these.
        [["MARSH", "NA", "2", "0"], ["POND", "2", "1", "NA"]],
    )


def test_nothing_recorded_is_an_empty_survey():
    of = histories.survey({("", FIRST, "20", ""): Effort(1, 1.0, None)}, "week")
    assert of.sites == of.occasions == () and histories.days(of) == {}
