"""Every table that a config can have has a page, a caption, and filters that exist."""

import pytest

from anurans.report import report_pages
from anurans.scores import (
    calibration,
    contrasts,
    field_scores,
    headlines,
    held_out_events,
    summary,
)
from anurans.scores.comparison import MODEL, OPTIMISM
from anurans.scores.presence import PRESENCE
from anurans.splits import leakage

CONFIG = {
    "project": "P",
    "labelling": {"rule": "default"},
    "splits": {"night": {"by": "night"}},
}
COLUMNS = {
    "models": (
        *(*MODEL, "subset", "n_groups", "f1_macro", "f1_macro_lower", "f1_macro_upper"),
        *headlines.MODEL_COLUMNS,
    ),
    "intervals": headlines.INTERVALS,
    "presence": PRESENCE,
    "comparisons": contrasts.COMPARISONS,
    "calibration": calibration.CALIBRATION,
    "optimism": OPTIMISM,
    "labelling": summary.LABELLING,
    "leakage": leakage.COLUMNS,
    "events": held_out_events.EVENTS,
    "field": field_scores.FIELD,
}


@pytest.mark.parametrize("name", [*report_pages.PAGES, "scores", "setup", "model_card"])
def test_every_page_has_a_caption(name):
    text = report_pages.caption(name, CONFIG)
    assert len(text) > 60
    assert "`" not in text
    assert text.endswith("Project P; clips positive by rule default; splits: night (by night).")


@pytest.mark.parametrize("name", COLUMNS)
def test_filters_are_columns_of_the_table(name):
    about = report_pages.about(name)
    assert {*about["filters"], *about["brief"]} <= set(COLUMNS[name])


def test_pages_follow_the_tables():
    found = report_pages.pages(["results/tables/models.csv", "results/tables/table1.md"])
    assert found[-1] == "results/report/models.html"
    assert "results/report/scores.html" in found
    assert not any("table1" in path for path in found)
    assert report_pages.source("leakage") == "results/checks/leakage.csv"
    assert report_pages.category("leakage") == "Certificate"


def test_the_first_page_leads_to_pages_that_there_are():
    found = report_pages.further(["results/tables/intervals.csv"])
    assert set(found.values()) == {
        *("model_card.html", "scores.html", "annotations.html", "intervals.html"),
    }
    assert "field.html" in report_pages.further(["results/tables/field.csv"]).values()
