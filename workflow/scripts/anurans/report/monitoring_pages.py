"""The page of what was heard in new recordings."""

from collections.abc import Mapping, Sequence
from typing import Any

from anurans.common.markup import aligned
from anurans.common.wording import counted
from anurans.report.html import render
from anurans.report.palette import species_marks
from anurans.report.season_answers import season_answers
from anurans.report.season_counts import (
    count_of,
    expected_of,
    grown,
    latest_counts,
    listened_counts,
    settled_by_listening,
)
from anurans.report.season_warnings import (
    doubts,
    known_already,
    other_times,
    refitted,
    there_twice,
    unreachable,
    warnings,
)
from anurans.scores.event_scores import TOLERANCES
from anurans.splits.splits import REFIT

Row = Mapping[str, str]
MODEL = ("split", "backbone", "dataset", "recipe")


def monitoring_page(
    project: str,
    species: Mapping[str, str],
    about: Mapping[str, Any],
    thresholds: Sequence[Row],
    events: Mapping[str, int],
    recordings: Sequence[Row],
    dates: Sequence[Row],
    totals: Sequence[Row],
    nights: Sequence[Row],
    precision: Sequence[Row],
    judged: Sequence[Row],
    listened: Sequence[Row],
    gap: float,
    review_round: int,
) -> str:
    """Write the page of what was heard.

    Parameters
    ----------
    project
        Its name.
    species
        Code and name of each.
    about
        Of the detector.
    thresholds, recordings, dates, totals, nights, precision, judged
        Rows of the tables of these names.
    listened
        Rows of the table of listened counts; none where nobody listened.
    events
        Number of events of each species.
    gap
        Events less than this apart are one, in s.
    review_round
        Number of the queues that are drawn of these recordings.
    """
    usable = [row for row in recordings if row["status"] == "ok"]
    hours = sum(float(row["duration_s"]) for row in usable) / 3600
    dated = sorted(row["date"] for row in usable if row["date"])
    model = "/".join(about["model"][key] for key in MODEL)
    told = [
        ("Recordings", f"{len(usable)}, {hours:.1f} hours"),
        ("Left out", f"{len(recordings) - len(usable)}, see results/detections/recordings.csv"),
        ("Dates", f"{dated[0]} to {dated[-1]}" if dated else "not told by the names"),
        ("Model", f"{model}, {folds_of(about)}"),
        ("Thresholds", ", ".join(sorted({row["source"] for row in thresholds}))),
        ("Events", f"those less than {gap:g} s apart are one"),
    ]
    return render(
        "monitoring",
        f"{project}: who called when",
        "Calls in recordings that nobody annotated, by a model that learnt from others.",
        doubts=[
            *doubts(about),
            *refitted(about),
            *known_already(recordings),
            *there_twice(recordings),
            *other_times(recordings),
            *unreachable(thresholds),
            *warnings(nights),
        ],
        told=told,
        counts=listened_counts(species, listened, totals),
        later=grown(listened, totals),
        settles="" if listened else settled_by_listening(species, totals),
        round=review_round,
        answers=season_answers(species, events, dates, totals, listened, review_round),
        marks=species_marks(len(species)),
        heard=heard(species, events, totals),
        precision=precisions(precision),
        notes=[f"{row['species']}: {row['note']}." for row in precision if row["note"]],
        judged=judgement(judged),
        touching=touching(judged),
        allowed=tolerances(judged),
        listened=counted(int(judged[0]["recordings"]), "recording") if judged else "",
    )


def folds_of(about: Mapping[str, Any]) -> str:
    """How many folds listen, or that one network of all does."""
    if about["folds"] == [REFIT]:
        return "one network of all folds"
    return counted(len(about["folds"]), "fold")


def heard(
    species: Mapping[str, str], events: Mapping[str, int], totals: Sequence[Row]
) -> list[list[str]]:
    """A row for each species: events, minutes and expected clips."""
    in_all = {row["species"]: row for row in totals}
    return [
        [
            name or code,
            str(events.get(code, 0)),
            f"{in_all[code]['minutes_present']} / {in_all[code]['minutes']}",
            expected_of(in_all[code]),
        ]
        for code, name in species.items()
    ]


def short_season(
    project: str,
    species: Mapping[str, str],
    events: Mapping[str, int],
    totals: Sequence[Row],
    listened: Sequence[Row],
) -> str:
    """A text table for the terminal: what was heard of each species, by the model and by people."""
    header = ["species", "events", "minutes with one", "clips with calls, expected (95 %)"]
    rows = heard(species, events, totals)
    if latest := latest_counts(listened):
        header.append("counted by listening (95 %)")
        counts = [count_of(latest[code]) if code in latest else "" for code in species]
        rows = [[*row, count] for row, count in zip(rows, counts, strict=True)]
    table = "\n".join(line.rstrip() for line in aligned([header, *rows], rule=True))
    return f"\n{project}: calls in recordings that nobody annotated\n\n{table}\n\n"


def precisions(rows: Sequence[Row]) -> list[list[str]]:
    """A row for each species: the precision on held-out clips, and that expected here."""
    return [
        [
            row["species"],
            short(row["prevalence_held_out"]),
            short(row["precision_held_out"]),
            ranged(row, "prevalence"),
            ranged(row, "precision"),
            short(row["precision_em"]),
        ]
        for row in rows
    ]


def ranged(row: Row, name: str) -> str:
    """A number of a table with its interval, where it has one."""
    value, lower, upper = (short(row[f"{name}{end}"]) for end in ("", "_lower", "_upper"))
    return f"{value} ({lower} to {upper})" if lower else value


def judgement(rows: Sequence[Row]) -> list[list[str]]:
    """A row for each species: by segments, by matches and by the sweep."""
    return [
        [
            row["species"],
            *(short(row[f"segment_{name}"]) for name in ("precision", "recall", "f1")),
            f"{row['matched']} / {row['events']} / {row['calls']}",
            short(row["match_f1"]),
            short(row["psds"]),
        ]
        for row in rows
    ]


def touching(rows: Sequence[Row]) -> list[list[str]]:
    """A row for each species: how well in time events are, and what they touch."""
    return [
        [
            row["species"],
            short(row["start_error_abs"]),
            short(row["end_error_abs"]),
            f"{row['events_touching']} / {row['events']}",
            f"{row['calls_touched']} / {row['calls']}",
        ]
        for row in rows
    ]


def tolerances(rows: Sequence[Row]) -> dict[str, str]:
    """What was let pass, in words of the page."""
    if not rows:
        return {}
    return {name: f"{float(rows[0][name]):g}" for name in TOLERANCES}


def short(text: str) -> str:
    """A number of a table with two decimals."""
    return f"{float(text):.2f}" if text else ""
