"""New recordings, and answers about clips, that exports leave out: nothing goes in silence."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from anurans.exports.answers import Settled, answer_about, by_recording
from anurans.exports.camtrap import why_not
from anurans.review.verdicts import ABSENT, PRESENT

LEFT_OUT = ("recording", "start", "end", "species", "answer", "export", "reason")
HISTORIES, PACKAGES, ALL = "detection histories", "data package and occurrences", "all"
NO_SITE, NO_NIGHT = "no site in its name or the table", "its name tells no date and time"
# Why an answer changes nothing.
NOT_NEW = "its recording is not one of the new ones"
NOT_USED = "its recording cannot be used, or is in no detection history and no data package"
NO_SPECIES = "its species is not in the config"
NOBODY_SURE = "nobody is sure, or as many say yes as no"
NO_EVENT = "there is no event of the species that it could reject"
PARTLY = "an event goes on beyond the clip: the rest of it may hold calls"


def left_out_rows(
    recordings: Iterable[Mapping[str, str]], places: Collection[str]
) -> Iterator[dict[str, str]]:
    """Rows of `LEFT_OUT` of recordings.

    Parameters
    ----------
    recordings
        Rows of results/detections/recordings.csv.
    places
        Sites with coordinates.
    """
    for row in sorted(recordings, key=lambda row: row["recording"]):
        for export, reason in _without(row, places).items():
            yield {"recording": row["recording"], "export": export, "reason": reason}


def unused_answers(
    answers: Iterable[Settled],
    recordings: Iterable[Mapping[str, str]],
    events: Iterable[Mapping[str, str]],
    places: Collection[str],
    species: Collection[str],
) -> Iterator[dict[str, object]]:
    """Rows of `LEFT_OUT` of answers that change nothing in any export.

    Parameters
    ----------
    answers
        One for each clip and species.
    recordings, places
        As `left_out_rows` takes them.
    events
        Rows of results/detections/events.csv.
    species
        Codes of the config.
    """
    answers = sorted(answers)
    known = {row["recording"]: row for row in recordings}
    judged = by_recording(answers)
    of: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for event in events:
        of.setdefault((event["recording"], event["species"]), []).append(event)

    def reason(one: Settled) -> str:
        if one.recording not in known:
            return NOT_NEW
        without = _without(known[one.recording], places)
        if ALL in without or len(without) == 2:
            return NOT_USED
        if one.species not in species:
            return NO_SPECIES
        if one.answer == PRESENT:
            return ""
        if one.answer != ABSENT:
            return NOBODY_SURE
        touched = [
            event
            for event in of.get((one.recording, one.species), ())
            if one.touches(float(event["start"]), float(event["end"]))
        ]
        if not touched:
            return NO_EVENT
        return "" if any(answer_about(event, judged) for event in touched) else PARTLY

    for one in answers:
        if why := reason(one):
            row: dict[str, object] = {"recording": one.recording, "start": one.start}
            row |= {"end": one.end, "species": one.species, "answer": one.answer}
            yield row | {"export": ALL, "reason": why}


def _without(row: Mapping[str, str], places: Collection[str]) -> dict[str, str]:
    """Exports that a recording is not in, and why."""
    packaged = why_not(row, places)
    if row["status"] != "ok":
        return {ALL: packaged}
    dated = "" if row["date"] and row["time"] else NO_NIGHT
    reasons = {HISTORIES: dated if row["site"] else NO_SITE, PACKAGES: packaged}
    return {export: reason for export, reason in reasons.items() if reason}
