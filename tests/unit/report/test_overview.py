"""The report opens with the answer: how well each species is found, and what to do next."""

import re
from html import unescape

import numpy as np
import pytest

from anurans.report.overview import Overview, overview_page
from anurans.report.species_answers import Ground, Help, Known, answer
from anurans.scores.comparison import MODEL
from anurans.scores.confusions import Alarms
from anurans.scores.curves import Scored

NIGHTS = [f"2021-01-{day:02d}" for day in range(1, 26)]
HELP = Help("../review/doubt-1.html", {"A": "Rana a", "B": "Rana b"})
MODEL_OF = dict(zip(MODEL, ("night", "no", "net", "imagenet", "all", "r", "default"), strict=True))


def scores(f1="0.9", precision="0.95", recall="0.9", interval=("0.85", "0.94")):
    lower, upper = interval
    values = {"f1": f1, "precision": precision, "recall": recall}
    return {
        name: {"value": value, "lower": lower, "upper": upper} for name, value in values.items()
    }


def known(of=None, nights=25, sites=("S1", "S2"), alarms=None, grades=(), clips=300):
    return Known(
        *("A", "Rana a", of or scores()),
        {grade: {"of": grade, "n": n, "value": value} for grade, n, value in grades},
        Ground(clips, NIGHTS[:nights], list(sites), ["S1", "S2"]),
        alarms or Alarms(0),
    )


def told(*args, help_of=HELP, **given):
    """What limits a species, and what to do next."""
    *_, limits, following = answer(known(*args, **given), help_of)
    return limits["text"], following


def test_a_species_that_is_found_well_goes_on_to_the_season():
    name, f1, ground, limits, following = answer(known(), HELP)
    assert name == {"text": "Rana a", "small": "A"}
    assert f1 == {"text": "0.90", "small": "0.85 to 0.94", "reach": (0.85, 0.9, 0.94)}
    assert ground == {"text": "300 clips with calls, 25 nights, 2 sites"}
    assert limits == {"text": "Nothing that these clips show."}
    assert following["text"].endswith("new recordings: detection: in the config, make monitoring.")


def test_few_nights_are_told_and_how_many_are_missing():
    limits, following = told(nights=8)
    assert limits == "8 nights with calls (below 20 intervals are rough)."
    assert "on 12 more nights" in following["text"]
    limits, following = told(scores(interval=("", "")), nights=2)
    assert limits == "2 nights with calls (an interval needs 3)."
    assert following["text"] == "Annotate calls of Rana a on more nights, 20 in all."


def test_without_calls_nothing_is_known():
    row = answer(known(scores("", "", "", ("", "")), nights=0, sites=(), clips=0), HELP)
    assert [cell["text"] for cell in row[1:]] == [
        "not known",
        "no clip with calls",
        "No clip that was held out holds a call.",
        "Annotate recordings in which Rana a calls.",
    ]


def test_a_confusion_comes_before_few_nights():
    limits, following = told(scores("0.7", "0.6", "0.85"), nights=8, alarms=Alarms(40, "B", 31))
    assert limits == (
        "Confused with Rana b (calls in 31 of 40 false alarms); 8 nights with calls (below 20 "
        "intervals are rough)."
    )
    assert following["text"] == "Annotate more clips in which Rana b calls and Rana a does not."


def test_false_alarms_without_another_species_are_to_be_heard():
    limits, following = told(scores("0.7", "0.6", "0.85"), alarms=Alarms(40))
    assert limits == "False alarms (40 % of the clips that it names)."
    assert following["href"] == "../review/doubt-1.html"
    _, following = told(scores("0.7", "0.6", "0.85"), help_of=Help("", {}))
    assert "href" not in following and following["text"].startswith("Check the annotations")


def test_far_calls_that_are_missed_are_told_with_both_numbers():
    grades = [("far", "120", "0.54"), ("medium", "60", "0.88"), ("clear", "40", "0.93")]
    limits, following = told(scores("0.75", "0.9", "0.65"), grades=grades)
    assert limits == (
        "Misses far calls (finds 54 % of 120 clips with far calls alone, 93 % of nearer ones)."
    )
    assert following["text"].startswith("Annotate more far calls of Rana a")


@pytest.mark.parametrize(
    "grades",
    [
        [],
        [("far", "9", "0.1"), ("clear", "40", "0.9")],  # too few to say
        [("far", "120", "0.62"), ("clear", "40", "0.68")],  # far ones are no worse
    ],
)
def test_calls_of_any_grade_that_are_missed_are_told(grades):
    limits, following = told(scores("0.75", "0.9", "0.65"), grades=grades)
    assert limits == "Misses calls (finds 65 % of clips that hold some)."
    assert "snakemake suggest" in following["text"]


def test_one_site_of_several_is_told():
    limits, following = told(sites=["S2"])
    assert limits == "Called at one site of 2 (S2)."
    assert following["text"] == "Annotate calls of Rana a at another site."


def test_the_ground_is_that_of_clips_with_calls():
    labels = np.array([[1, 0], [1, 1], [0, 1], [0, 0]], bool)
    recordings = np.array(["R1", "R1", "R2", "R3"], dtype=object)
    groups = np.array(["2021-01-01", "2021-01-02", "2021-01-02", "R3"], dtype=object)
    part = Scored(recordings, groups, labels, labels, labels * 1.0, np.ones((4, 2), bool))
    sites = {"R1": "S1", "R2": "S2", "R3": ""}
    first = Ground.of(part, 0, sites)
    assert first == Ground(2, ["2021-01-01", "2021-01-02"], ["S1"], ["S1", "S2"])
    assert first.unit == "night" and Ground(1, ["R3"], [], []).unit == "group"


def overview(**changes):
    of = {
        "project": "<Pond>",
        "model": MODEL_OF,
        "chosen_of": 4,
        "part": "held_out",
        "known": [known()],
        "help": HELP,
        "pages": {"All scores": "scores.html"},
    }
    return overview_page(Overview(**(of | changes)))


def test_the_page_names_its_model_and_leads_on():
    text = overview()
    plain = unescape(re.sub("<[^>]+>", " ", text))
    assert "<Pond>: how well each species is found" in plain
    assert "net with the recipe r, trained on the dataset all, split night" in plain
    assert "the best of 4 by validation" in plain
    assert "F1 is that of held-out clips of all folds" in plain
    for link in ("scores.html", "../review/doubt-1.html", "../monitoring/monitoring.html"):
        assert f'href="{link}"' in text
    assert "random weights" not in plain and "flattered" not in plain
    alone = overview(help=Help("", {}), chosen_of=1)
    assert "review/" not in alone and "(the only one)" in alone


def test_what_is_not_to_be_believed_stands_above_the_table():
    text = overview(model=MODEL_OF | {"weights": "random", "leaks": "yes"})
    table = text.index("<table")
    assert text.index("random weights") < table and text.index("leaks by design") < table


def test_twenty_species_are_twenty_rows_in_the_order_of_the_config():
    text = overview(known=[known() for _ in range(20)])
    assert text.count('<th scope="row">') == 20
