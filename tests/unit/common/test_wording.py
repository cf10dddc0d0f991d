"""Times and jobs in words."""

import pytest

from anurans.common.wording import counted, name_jobs, ranged, round_time


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "a few seconds"),
        (11, "about 10 seconds"),
        (57.9, "about 1 minute"),
        (62, "about 1 minute"),
        (370, "about 6 minutes"),
        (1500, "about 25 minutes"),
        (5300, "about 90 minutes"),
        (5401, "about 1.5 hours"),
        (40000, "about 11 hours"),
        (130000, "about 1.5 days"),
    ],
)
def test_round_time(seconds, said):
    assert round_time(seconds) == said


def test_jobs_are_named_in_the_order_of_the_work():
    rules = ["train_model", "label_clips", "plot_models", "label_clips", "summarize_runs"]
    assert name_jobs(rules) == "2 label jobs, 1 training, 1 figure and the summary"
    assert name_jobs(["new_rule", "new_rule"]) == "2 new_rule jobs"
    assert name_jobs(["tabulate_models", "typeset_table"]) == "2 tables"


def test_counts_as_words():
    assert [counted(n, "clip") for n in (0, 1, 2)] == ["0 clips", "1 clip", "2 clips"]
    assert ranged([3, 3], "night") == "3 nights"
    assert ranged([5, 1], "night") == "1 to 5 nights"
