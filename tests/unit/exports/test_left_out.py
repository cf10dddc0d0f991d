"""Every recording that is in no export is named, with the reason."""

from anurans.exports.left_out import left_out_rows

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
