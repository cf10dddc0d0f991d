"""The pages of monitoring say when not to trust what they show."""

from dataclasses import asdict

import pytest

from anurans.listening.drift import NIGHTS, Limits
from anurans.report.drift_page import drift_page
from anurans.report.monitoring_pages import monitoring_page, short_season
from anurans.report.season_warnings import warnings
from anurans.scores.event_scores import JUDGED, Tolerances
from anurans.scores.expected_precision import PRECISION

ABOUT = {
    # As JSON has it: by name.
    "model": {"backbone": "net", "dataset": "d", "recipe": "r", "split": "night"},
    "folds": ["1", "2"],
    "leaks": "no",
    "recordings": ["A", "B"],
    "embedding": {"backbone": {"weights": "imagenet"}},
}
DATE = {
    "night": "2021-01-01",
    "species": "A",
    "clips": "100",
    "minutes": "10",
    "minutes_present": "4",
    "expected": "33.3",
    "lower": "20.2",
    "upper": "50.4",
    "expected_share": "0.333",
    "share_of_minutes": "0.4",
    "clips_counted": "100",
}
RECORDING = {"status": "ok", "duration_s": "1800", "date": "2021-01-01", "time": "20:00:00"}


def night(name, trust, **outside):
    row = dict.fromkeys(NIGHTS, "0") | {"night": name, "recordings": "4", "trust": trust}
    return row | {key: str(value) for key, value in outside.items()}


def page(**given):
    of = {
        "project": "<Pond>",
        "species": {"A": "Rana <a>"},
        "about": ABOUT,
        "thresholds": [{"species": "A", "source": "tuned"}],
        "events": {"A": 7},
        "recordings": [RECORDING, RECORDING | {"status": "quarantined"}],
        "dates": [DATE],
        "totals": [DATE],
        "nights": [night("2021-01-01", "yes")],
        "precision": [],
        "judged": [],
        "listened": [],
        "gap": 1.0,
        "review_round": 2,
    }
    return monitoring_page(**(of | given))


def test_nothing_is_warned_of_where_nothing_is_wrong():
    text = page()
    assert "Nothing speaks against trusting the scores here." in text
    assert "<td>7</td><td>4 / 10</td><td>33 (20 to 50) / 100</td>" in text
    assert "night/net/d/r, 2 folds" in text and "1, 0.5 hours" in text
    assert "&lt;Pond&gt;" in text and "Rana &lt;a&gt;" in text
    assert "Events against annotations" not in text
    assert "<td>A</td><td>7</td>" in page(species={"A": ""})


@pytest.mark.fault(
    "Detection",
    "new recordings that sound unlike those that the model learnt from",
    sees="Do not trust the scores of 1 of 2 nights",
    kept="all scores and events; the night is named and hatched in the figures",
)
def test_a_night_that_sounds_otherwise_is_warned_of(sees):
    nights = [night("2021-01-01", "yes"), night("2021-03-10", "no", spectrum=3, level=1)]
    for text in (page(nights=nights), drift_page(ABOUT, Limits((-40, -20), 2.5, 1.1), [], nights)):
        assert sees in text
        assert "by level (1 recording) and spectrum (3 recordings)" in text
        assert "Nights: 2021-03-10." in text


def test_the_terminal_shows_what_people_counted_beside_what_the_model_expects():
    species = {"A": "Rana a", "B": "Rana b"}
    given = "Pond", species, {"A": 7}, [DATE, DATE | {"species": "B"}]
    head, _, first, _ = short_season(*given, []).strip().splitlines()[2:]
    assert head.endswith("expected (95 %)") and first.endswith("33 (20 to 50) / 100")
    counted = {"by": "season", "queue": "count-1", "species": "A", "clips": "100", "note": ""}
    counted |= {"count": "30.4", "lower": "25.0", "upper": "41.2"}
    head, _, first, second = short_season(*given, [counted]).strip().splitlines()[2:]
    assert head.endswith("counted by listening (95 %)")
    assert first.split("  ")[-1].strip() == "30 (25 to 41) / 100"
    assert second.endswith("33 (20 to 50) / 100")


def test_headers_that_tell_another_time_are_warned_of():
    apart = RECORDING | {"recording": "A_1", "header_time": "2021-01-02 20:00:00+00:00"}
    text = page(recordings=[apart, RECORDING | {"recording": "A_2", "header_time": ""}])
    assert "In 1 recording the header of the file says another time" in text
    assert "tells none that can be used" not in text
    alone = page(recordings=[apart | {"time": ""}])
    assert "and the name or table tells none that can be used, such as A_1" in alone
    assert "another time" not in alone
    assert "such as A_1. Nights and hours here are by the name or table." in text


def test_the_calendar_is_warned_of():
    said = warnings([night("2021-07-01", "yes", season=4, hour=1)])
    assert said[0].startswith("4 recordings are more than 30 days of the year away")
    assert said[1].startswith("1 recording is more than 1 hour of the day away")


def test_a_precision_that_is_never_reached_and_a_leaky_split_are_told():
    text = page(
        thresholds=[{"species": "A", "source": "unreachable"}],
        about=ABOUT | {"leaks": "yes"},
    )
    assert "No threshold gives A the wanted precision" in text
    assert "The split night leaks by design" in text
    assert "random weights" not in text
    text = page(about=ABOUT | {"embedding": {"backbone": {"weights": "random"}}})
    assert "The backbone has random weights" in text


def test_a_network_of_all_folds_is_named_and_its_counts_are_doubted():
    text = page(about=ABOUT | {"folds": ["refit"]})
    assert "night/net/d/r, one network of all folds" in text
    assert "expected counts come from the folds&#39; networks" in text
    assert "detection.refit" not in page()


def test_many_nights_are_cut_short():
    (said,) = warnings([night(f"2021-01-{n:02d}", "no", level=4) for n in range(1, 21)])
    assert said.endswith("2021-01-12 and 8 more.")


def test_judged_events_are_shown_by_segments_matches_the_sweep_and_touch():
    row = dict.fromkeys(JUDGED, "") | {
        "species": "A",
        "recordings": "12",
        "segment_precision": "0.8",
        "segment_recall": "0.9",
        "segment_f1": "0.847",
        "matched": "3",
        "events": "5",
        "calls": "9",
        "match_f1": "0.429",
        "psds": "0.31",
        "start_error_abs": "1.25",
        "events_touching": "4",
        "calls_touched": "6",
        **{name: str(value) for name, value in asdict(Tolerances()).items()},
    }
    text = page(judged=[row])
    first = ("0.80", "0.90", "0.85", "3 / 5 / 9", "0.43", "0.31")
    for cells in (first, ("A", "1.25", "", "4 / 5", "6 / 9")):
        assert "".join(f"<td>{cell}</td>" for cell in cells) in text
    assert "On 12 recordings" in text
    assert "no more than 0.5 s apart, and at least 0.2 of" in text and "up to 100, over all" in text


def test_the_precision_here_stands_beside_that_of_held_out_clips():
    row = dict.fromkeys(PRECISION, "") | {
        "species": "A",
        "prevalence_held_out": "0.3",
        "precision_held_out": "0.9",
        "prevalence": "0.05",
        "precision": "0.551",
        "precision_lower": "0.4",
        "precision_upper": "0.7",
        "precision_em": "0.6",
        "note": "hardly known",
    }
    text = page(precision=[row])
    cells = ("0.30", "0.90", "0.05", "0.55 (0.40 to 0.70)", "0.60")
    assert "".join(f"<td>{cell}</td>" for cell in cells) in text
    assert "<li>A: hardly known.</li>" in text


def test_limits_that_cannot_be_set_are_told():
    text = drift_page(ABOUT, Limits((-40, -20), None, None), [], [])
    assert text.count("not judged") == 2


def test_the_night_of_most_calls_is_one_that_has_any():
    none = DATE | {"expected": "0", "expected_share": "0"}
    assert "most on 2021-01-01</small>" in page()
    assert "<small>1 night of 1</small>" in page(dates=[none])
    assert "most on 2021-01-02</small>" in page(dates=[none, DATE | {"night": "2021-01-02"}])
    # Of a night that sounds otherwise, which has no interval, only where there are no others.
    doubtful = DATE | {"night": "2021-01-03", "expected_share": "0.9", "lower": "", "upper": ""}
    assert "most on 2021-01-01</small>" in page(dates=[DATE, doubtful])
    assert "most on 2021-01-03</small>" in page(dates=[doubtful])


COUNT = {
    **{"species": "A", "by": "season", "queue": "count-1", "clips": "1200", "note": ""},
    **{"answers": "200", "count": "183.8", "lower": "172.1", "upper": "196.4"},
}


def test_what_people_heard_stands_first():
    month = COUNT | {"by": "month", "answers": "7"}
    text = page(listened=[COUNT, month])
    assert "In twenty minutes you hear" not in text
    row = "<td>count-1</td><td>200</td><td>184 (172 to 196) / 1200</td><td>33 (20 to 50) / 100</td>"
    assert row in text
    # The first table has it, before all that the model says.
    assert text.index("184 of 1200 clips <small>172 to 196, counted") < text.index("<h2>")
    # A queue that was begun does not hide what an earlier one counted.
    begun = COUNT | {"queue": "count-10", "answers": "12", "count": "", "note": "fewer than 30"}
    assert row in page(listened=[begun, COUNT])
    assert "<td>12</td><td>fewer than 30</td>" in page(listened=[begun])
    later = COUNT | {"queue": "count-10", "count": "150", "lower": "140", "upper": "170"}
    assert "150 (140 to 170)" in page(listened=[later, COUNT])


def test_a_season_that_grew_is_told_beside_its_count():
    total = DATE | {"clips": "1200"}
    assert "clips now" not in page(listened=[COUNT], totals=[total])
    text = page(listened=[COUNT], totals=[total | {"clips": "1300"}])
    assert "when the queue was drawn: count-1 of 1200. Another" in text


def test_it_says_what_twenty_minutes_of_listening_would_settle():
    text = page()
    # 1.96 sqrt(0.333 * 0.667 / 100) of 100 clips.
    assert "count the clips of Rana &lt;a&gt; to within about 9 of 100, where the model" in text
    assert "leaves 20 to 50 of 100 open" in text
    assert 'href="../review/count-2.html"' in text and 'href="../review/check-2.html"' in text
    # What the model knows least of comes first; nothing of what it cannot tell at all.
    lost = DATE | {"species": "B", "lower": "", "upper": ""}
    text = page(totals=[DATE, lost], species={"A": "", "B": ""})
    assert "the clips of B" in text and "gives no interval that would hold" in text
    assert "In twenty minutes you hear" not in page(totals=[DATE | {"expected": ""}])
