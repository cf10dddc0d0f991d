"""Every recording that is in no export, and every answer that changes none, has its reason."""

import pytest

from anurans.exports.answers import Settled
from anurans.exports.left_out import LEFT_OUT, left_out_rows, unused_answers

WHOLE = {
    "recording": "a",
    "path": "/home/ana/a.wav",
    "site": "POND",
    "date": "2021-02-10",
    "time": "20:00:00",
    "utc": "2021-02-10T23:00:00Z",
    "status": "ok",
    "reason": "",
}


def told(**changes):
    return [(r["export"], r["reason"]) for r in left_out_rows([WHOLE | changes], {"POND": []})]


def test_what_is_used_is_not_listed():
    assert told() == []


def test_reasons():
    broken = {"status": "quarantined", "reason": "/home/ana/a.wav is cut short"}
    assert told(**broken) == [("all", "a is cut short")]
    (history, package) = told(site="")
    assert history[0] == "detection histories" and "no site" in history[1]
    assert package[0] == "data package and occurrences" and "no site" in package[1]
    (history, package) = told(date="", time="", utc="")
    assert "no date and time" in history[1] and "recordings.time_zone" in package[1]
    ((export, reason),) = told(utc="")
    assert export == "data package and occurrences" and "recordings.time_zone" in reason


EVENTS = [{"recording": "a", "species": "LOW", "start": "4.0", "end": "12.0"}]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"recording": "elsewhere"}, "not one of the new ones"),
        ({"recording": "broken"}, "cannot be used"),
        ({"species": "OLD"}, "not in the config"),
        ({"answer": "unsure"}, "nobody is sure"),
        ({"answer": "absent", "start": 12.0, "end": 17.0}, "no event of the species"),
        ({"answer": "absent", "species": "HIGH"}, "no event of the species"),
        ({"answer": "absent", "start": 5.0, "end": 10.0}, "goes on beyond the clip"),
        ({"answer": "absent", "start": 0.0, "end": 15.0}, None),
        ({"answer": "present", "start": 20.0, "end": 25.0}, None),
    ],
)
def test_an_answer_that_changes_nothing_is_listed(changes, reason):
    answer = {"recording": "a", "start": 0.0, "end": 5.0, "species": "LOW", "answer": "present"}
    one = Settled(**answer | changes, who="Ana")
    recordings = [WHOLE, WHOLE | {"recording": "broken", "status": "quarantined"}]
    rows = list(unused_answers([one], recordings, EVENTS, {"POND": []}, ["LOW", "HIGH"]))
    assert [reason in row["reason"] for row in rows] == ([] if reason is None else [True])
    assert all(set(row) == set(LEFT_OUT) for row in rows)


def test_answers_of_one_event_say_together_what_they_say():
    of = [Settled("a", at, at + 5.0, "LOW", "absent", "Ana") for at in (0.0, 5.0, 10.0)]
    assert not list(unused_answers(of, [WHOLE], EVENTS, {}, ["LOW"]))
    assert len(list(unused_answers(of[:2], [WHOLE], EVENTS, {}, ["LOW"]))) == 2
    # In a detection history or a data package, one of the two, is enough.
    nowhere = WHOLE | {"site": ""}
    rows = list(unused_answers(of, [nowhere], EVENTS, {}, ["LOW"]))
    assert {row["reason"].split(",")[0] for row in rows} == {"its recording cannot be used"}
