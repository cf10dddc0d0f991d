"""Which pages the report has, one for each table that the config asks for.

Read at parse time: standard library only.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from anurans.common.files import shipped

CAPTIONS = shipped("report")
TEMPLATES = shipped("pages")
# Other templates that one is put together with.
_PARTS = re.compile(r'{%-?\s*(?:extends|from|include)\s+"([^"]+)"')
MODEL = ("split", "backbone", "dataset", "recipe")


@dataclass(frozen=True, slots=True)
class Page:
    """A table of the report.

    Attributes
    ----------
    title, source, category
        Its title, its file, and the heading that it stands under.
    filters
        Columns to filter by.
    brief
        Columns that are shown at first, so that a page at desktop width holds them; all where none
        is given. A page shows no column that is the same in all rows, but says it once.
    """

    title: str
    source: str
    category: str
    filters: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()


def _table(
    name: str, title: str, category: str, *filters: str, brief: tuple[str, ...] = ()
) -> Page:
    return Page(title, f"results/tables/{name}.csv", category, filters, brief)


def _ended(name: str) -> tuple[str, str, str]:
    """A column and those of its interval."""
    return name, f"{name}_lower", f"{name}_upper"


PAGES = {
    "models": _table(
        *("models", "Models over their folds", "Models", *MODEL, "subset"),
        brief=(*MODEL, "subset", "n_groups", *_ended("f1_macro"), *_ended("map")),
    ),
    "intervals": _table(
        *("intervals", "Every score with its interval", "Models"),
        *(*MODEL, "subset", "score", "species"),
        brief=(
            *(*MODEL, "subset", "score", "species", "value", "lower", "upper"),
            *("n_groups", "positive_groups", "note"),
        ),
    ),
    "presence": _table(
        *("presence", "Whole recordings: does it call at all?", "Models"),
        *(*MODEL, "subset", "species"),
    ),
    "comparisons": _table(
        *("comparisons", "Backbones, datasets and recipes compared", "Models"),
        *("split", "subset", "compared", "first", "second", "within", "better"),
        brief=(
            *("split", "subset", "compared", "first", "second", "within", "n_pairs"),
            *("difference", "lower", "upper", "p_holm", "detectable", "better"),
        ),
    ),
    "costs": _table("costs", "What each network took", "Models", "backbone", "takes"),
    "calibration": _table(
        *("calibration", "Calibrated probabilities", "Models", *MODEL, "species", "method"),
        brief=(
            *(*MODEL, "species", "method", "positives_held_out"),
            *("ece", "ece_calibrated", "brier", "brier_calibrated", "change"),
        ),
    ),
    "events": _table(
        *("events", "Events against annotated calls", "Models", *MODEL, "species"),
        brief=(
            *(*MODEL, "species", "segment_precision", "segment_recall", "segment_f1"),
            *("events", "calls", "matched", "match_f1", "psds"),
        ),
    ),
    "field": _table(
        *("field", "What matters in the field", "Models", *MODEL, "species", "score"),
        brief=(
            *(*MODEL, "species", "score", "of", "value", "lower", "upper"),
            *("by_chance", "n", "n_groups"),
        ),
    ),
    "optimism": _table(
        *("optimism", "What a leaky split pretends", "Models"),
        *("backbone", "dataset", "recipe", "subset", "split", "leaky"),
    ),
    "sites": _table("sites", "Models at each site", "Models", *MODEL, "subset", "site", "species"),
    "labelling": _table(
        *("labelling", "Other rules of labelling, and grades of calls", "Models"),
        *(*MODEL, "fold", "subset", "labelling", "species", "grade"),
    ),
    "datasets": _table("datasets", "Clips of each dataset", "Data", "dataset", "technique"),
    "recordings": Page(
        *("Recordings", "results/recordings.csv", "Data", ("site", "status", "sr", "channels")),
        brief=(
            *("recording", "site", "date", "time", "sr", "channels", "duration_s", "peak"),
            *("status", "reason"),
        ),
    ),
    "annotations": Page(
        *("Annotations", "results/annotations.csv", "Data", ("status", "species", "used")),
        brief=(
            *("recording", "status", "species", "used", "annotations", "far", "medium", "clear"),
            *("ungraded", "skipped", "reason"),
        ),
    ),
    "leakage": Page(
        *("Certificate: nothing scored was learnt from", "results/checks/leakage.csv"),
        *("Certificate", (*MODEL, "fold", "verdict")),
        brief=(
            *("split", "by", "backbone", "dataset", "recipe", "fold", "verdict"),
            *("recordings_crossing", "nights_crossing", "groups_crossing", "clips_crossing"),
            *("sounds_crossing", "copies_overlapping", "inner_crossing"),
        ),
    ),
    "table1": _table("table1", "Table I: stage 1", "Study", "backbone", "split"),
    "table2": _table("table2", "Table II: stage 3", "Study", "backbone", "split"),
    "table2_all": _table("table2_all", "Table II, plain and cross-validated", "Study", "split"),
    "hypotheses": _table("hypotheses", "Hypotheses and findings", "Study", "kind", "agrees"),
}


# What the first page leads to.
FURTHER = {
    "model_card": "Model card: what the best model is for, and its limits",
    "scores": "All scores, and where each comes from",
    "intervals": "Every score with its interval",
    "comparisons": "Networks, datasets and recipes compared",
    "field": "Far calls, false events, minutes of listening",
    "leakage": "Certificate: nothing scored was learnt from",
    "annotations": "Annotations, used or not",
    "table1": "The study's Table I beside these results",
    "table2": "The study's Table II beside these results",
    "hypotheses": "The study's hypotheses, and whether these results agree",
}


def pages(tables: Iterable[str]) -> list[str]:
    """Pages of the report, for the tables that a config has."""
    names = ["overview", "scores", "setup", "model_card", "recordings", "annotations"]
    names += [Path(path).stem for path in tables if path.endswith(".csv")]
    return [f"results/report/{name}.html" for name in names]


def further(tables: Iterable[str]) -> dict[str, str]:
    """Pages that the first one leads to: their files, by what they hold."""
    made = pages(tables)
    return {
        title: f"{name}.html"
        for name, title in FURTHER.items()
        if f"results/report/{name}.html" in made
    }


def source(table: str) -> str:
    """File of a table."""
    return PAGES[table].source


def category(table: str) -> str:
    """Heading that a table stands under."""
    return PAGES[table].category


def about(table: str) -> dict[str, Any]:
    """Title of a table's page, the name to save it by, columns to filter by and to show first."""
    of = PAGES[table]
    return {
        "title": of.title,
        "file": Path(of.source).name,
        "filters": list(of.filters),
        "brief": list(of.brief),
    }


def caption(name: str, config: Mapping[str, Any]) -> str:
    """What a page shows, and what all pages rest on: the label rule and the splits.

    Parameters
    ----------
    name
        Of the page: its text is workflow/report/<name>.rst.
    config
        The loaded config.
    """
    text = (CAPTIONS / f"{name}.rst").read_text(encoding="utf-8").replace("``", "").strip()
    rule = ", ".join(f"{key} {value}" for key, value in config["labelling"].items())
    splits = ", ".join(f"{name} (by {each['by']})" for name, each in config["splits"].items())
    return f"{text} Project {config['project']}; clips positive by {rule}; splits: {splits}."


def template(name: str) -> str:
    """Digest of the template of a page, with all that it is put together from.

    Parameters
    ----------
    name
        Of the template: workflow/pages/<name>.html.
    """
    found, digest = [f"{name}.html"], sha256()
    for each in found:
        text = (TEMPLATES / each).read_text(encoding="utf-8")
        digest.update(f"{each} {len(text)} {text}".encode())
        found += [part for part in _PARTS.findall(text) if part not in found]
    return digest.hexdigest()[:16]
