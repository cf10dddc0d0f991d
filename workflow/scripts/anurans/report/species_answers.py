"""What the report opens with: how well each species is found, what limits that, what to do next."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anurans.common.wording import counted
from anurans.scores.confusions import Alarms
from anurans.scores.curves import Scored
from anurans.scores.intervals import FEW_GROUPS, FEWEST

Row = Mapping[str, str]
# A score below this is a limit that is told; and by how much far calls must be found more seldom.
GOOD, FAR_LESS = 0.8, 0.1
# Of fewer clips nothing is said of a grade.
FEWEST_CLIPS = 10
GO_ON = {"text": "Let it listen to new recordings: detection: in the config, make monitoring."}
_NIGHT = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Ground:
    """What the score of a species rests on: clips with its calls, their groups and sites.

    Attributes
    ----------
    clips
        With calls of it, in the part that is scored.
    groups
        Names of groups that these are in: nights, or recordings where names tell no time.
    sites
        Names of the sites that these are of; none where no name tells them.
    all_sites
        Those of all recordings of the part.
    """

    clips: int
    groups: Sequence[str]
    sites: Sequence[str]
    all_sites: Sequence[str]

    @classmethod
    def of(cls, part: Scored, column: int, site_of: Mapping[str, str]) -> "Ground":
        """Ground of the species of a column; `site_of` has the site of each recording."""
        calls = part.labels[:, column]
        sites = {site_of.get(name, "") for name in part.recordings[calls].tolist()} - {""}
        every = {site_of.get(name, "") for name in part.recordings.tolist()} - {""}
        groups = sorted(set(part.groups[calls].tolist()))
        return cls(int(calls.sum()), groups, sorted(sites), sorted(every))

    @property
    def unit(self) -> str:
        """What a group is called."""
        return "night" if all(_NIGHT.fullmatch(name) for name in self.groups) else "group"


@dataclass(frozen=True, slots=True)
class Known:
    """What tables hold of one species and the best model.

    Attributes
    ----------
    code, name
        Of the species; the name may be empty.
    scores
        Rows of results/tables/intervals.csv, by score.
    grades
        Rows of results/tables/field.csv of recall, by grade; none where nothing is held out.
    ground, alarms
        What the score rests on, and its false alarms.
    """

    code: str
    name: str
    scores: Mapping[str, Row]
    grades: Mapping[str, Row]
    ground: Ground
    alarms: Alarms

    @property
    def title(self) -> str:
        """What the species is called in a sentence."""
        return self.name or self.code


@dataclass(frozen=True, slots=True)
class Help:
    """What a config offers to improve a model.

    Attributes
    ----------
    doubts
        Path of the page on which doubted annotations are judged; empty without one.
    names
        Name of each species, by code.
    """

    doubts: str
    names: Mapping[str, str]


def answer(known: Known, of: Help) -> list[Any]:
    """Cells of a species on the first page.

    Returns
    -------
    list
        The species, its F1 with interval (a mapping, with `reach` to be drawn), what that rests on,
        what limits it, and what to do next.
    """
    limits = list(find_limits(known, of))
    told = "; ".join(text for text, _ in limits) or "nothing that these clips show"
    return [
        {"text": known.title, "small": known.code if known.name else ""},
        score_cell(known.scores["f1"]),
        {"text": grounds(known.ground)},
        {"text": f"{told[0].upper()}{told[1:]}."},
        limits[0][1] if limits else GO_ON,
    ]


def score_cell(row: Row) -> dict[str, Any]:
    """An F1 with its interval, and where these lie between 0 and 1."""
    if not row["value"]:
        return {"text": "not known"}
    value = float(row["value"])
    if not row["lower"]:
        return {"text": f"{value:.2f}", "small": "no interval", "reach": (value, value, value)}
    lower, upper = float(row["lower"]), float(row["upper"])
    return {
        "text": f"{value:.2f}",
        "small": f"{lower:.2f} to {upper:.2f}",
        "reach": (lower, value, upper),
    }


def grounds(ground: Ground) -> str:
    """Say on how many clips, nights and sites a score rests."""
    if not ground.clips:
        return "no clip with calls"
    said = f"{counted(ground.clips, 'clip')} with calls, {counted(len(ground.groups), ground.unit)}"
    if not ground.sites:
        return f"{said}; sites not told"
    return f"{said}, {counted(len(ground.sites), 'site')}"


def find_limits(known: Known, of: Help) -> Iterator[tuple[str, dict[str, str]]]:
    """What limits the score of a species, what matters most first, each with what to do."""
    ground, title = known.ground, known.title
    nights = len(ground.groups)
    if not ground.clips:
        yield (
            "no clip that was held out holds a call",
            {"text": f"Annotate recordings in which {title} calls."},
        )
        return
    if not known.scores["f1"]["value"]:
        yield "no score could be computed", {"text": f"Annotate more calls of {title}."}
        return
    few = not known.scores["f1"]["lower"]
    if few:
        yield (
            f"{counted(nights, ground.unit)} with calls (an interval needs {FEWEST})"
            if nights < FEWEST
            else f"too few {ground.unit}s for an interval",
            {"text": f"Annotate calls of {title} on more {ground.unit}s, {FEW_GROUPS} in all."},
        )
    yield from _errors(known, of)
    if len(ground.sites) == 1 and len(ground.all_sites) > 1:
        yield (
            f"called at one site of {len(ground.all_sites)} ({ground.sites[0]})",
            {"text": f"Annotate calls of {title} at another site."},
        )
    if not few and nights < FEW_GROUPS:
        yield (
            f"{counted(nights, ground.unit)} with calls (below {FEW_GROUPS} intervals are rough)",
            {
                "text": f"Annotate calls of {title} on {FEW_GROUPS - nights} more {ground.unit}s "
                "before you publish this score."
            },
        )


def _errors(known: Known, of: Help) -> Iterator[tuple[str, dict[str, str]]]:
    """Confusions, far calls that are missed, and other calls that are missed or made up."""
    alarms, title = known.alarms, known.title
    precision, recall = (known.scores[score]["value"] for score in ("precision", "recall"))
    confused = precision and float(precision) < GOOD and alarms.confused_with
    if confused:
        other = of.names.get(alarms.confused_with) or alarms.confused_with
        yield (
            f"confused with {other} (calls in {alarms.with_it} of {alarms.n} false alarms)",
            {"text": f"Annotate more clips in which {other} calls and {title} does not."},
        )
    far = _missed_far(known)
    if far:
        yield (
            far,
            {"text": f"Annotate more far calls of {title}, or say that it finds near calls alone."},
        )
    elif recall and float(recall) < GOOD:
        text = f"Annotate more clips with calls of {title}"
        yield (
            f"misses calls (finds {percent(recall)} of clips that hold some)",
            {"text": f"{text}: snakemake suggest finds some in new recordings."},
        )
    if not confused and precision and float(precision) < GOOD:
        yield (
            f"false alarms ({percent(1 - float(precision))} of the clips that it names)",
            _listen(of, "some of these may be calls that nobody marked"),
        )


def percent(share: str | float) -> str:
    """A share in percent."""
    return f"{100 * float(share):.0f} %"


def _missed_far(known: Known) -> str:
    """Say how many far calls are missed, where far fewer of them are found than of others."""
    found = {
        grade: float(row["value"])
        for grade, row in known.grades.items()
        if row["value"] and int(row["n"]) >= FEWEST_CLIPS
    }
    near = max(found.get("medium", 0.0), found.get("clear", 0.0))
    far = found.get("far", 1.0)
    if far >= GOOD or near - far < FAR_LESS:
        return ""
    return (
        f"misses far calls (finds {percent(far)} of {known.grades['far']['n']} clips with far "
        f"calls alone, {percent(near)} of nearer ones)"
    )


def _listen(of: Help, why: str) -> dict[str, str]:
    if not of.doubts:
        return {"text": f"Check the annotations of these clips: {why}."}
    return {"text": f"Judge the doubted annotations: {why}.", "href": of.doubts}
