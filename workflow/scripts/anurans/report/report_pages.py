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
    """A table of the report: its title, file, category, and columns to filter by."""

    title: str
    source: str
    category: str
    filters: tuple[str, ...] = ()


def _table(name: str, title: str, category: str, *filters: str) -> Page:
    return Page(title, f"results/tables/{name}.csv", category, filters)


PAGES = {
    "models": _table("models", "Models over their folds", "Models", *MODEL, "subset"),
    "intervals": _table(
        *("intervals", "Every score with its interval", "Models"),
        *(*MODEL, "subset", "score", "species"),
    ),
    "presence": _table(
        *("presence", "Whole recordings: does it call at all?", "Models"),
        *(*MODEL, "subset", "species"),
    ),
    "comparisons": _table(
        *("comparisons", "Backbones, datasets and recipes compared", "Models"),
        *("split", "subset", "compared", "first", "second", "within", "better"),
    ),
    "costs": _table("costs", "What each network took", "Models", "backbone", "takes"),
    "calibration": _table(
        "calibration", "Calibrated probabilities", "Models", *MODEL, "species", "method"
    ),
    "events": _table("events", "Events against annotated calls", "Models", *MODEL, "species"),
    "field": _table("field", "What matters in the field", "Models", *MODEL, "species", "score"),
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
        "Recordings", "results/recordings.csv", "Data", ("site", "status", "sr", "channels")
    ),
    "annotations": Page(
        "Annotations", "results/annotations.csv", "Data", ("status", "species", "used")
    ),
    "leakage": Page(
        *("Certificate: nothing scored was learnt from", "results/checks/leakage.csv"),
        *("Certificate", (*MODEL, "fold", "verdict")),
    ),
    "table1": _table("table1", "Table I: stage 1", "Study", "backbone", "split"),
    "table2": _table("table2", "Table II: stage 3", "Study", "backbone", "split"),
    "table2_all": _table("table2_all", "Table II, plain and cross-validated", "Study", "split"),
    "hypotheses": _table("hypotheses", "Hypotheses and findings", "Study", "kind", "agrees"),
}


def pages(tables: Iterable[str]) -> list[str]:
    """Pages of the report, for the tables that a config has."""
    names = ["scores", "setup", "model_card", "recordings", "annotations"]
    names += [Path(path).stem for path in tables if path.endswith(".csv")]
    return [f"results/report/{name}.html" for name in names]


def source(table: str) -> str:
    """File of a table."""
    return PAGES[table].source


def category(table: str) -> str:
    """Heading that a table stands under."""
    return PAGES[table].category


def about(table: str) -> dict[str, Any]:
    """Title of a table's page, the name to save it by, and columns to filter by."""
    of = PAGES[table]
    return {"title": of.title, "file": Path(of.source).name, "filters": list(of.filters)}


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
