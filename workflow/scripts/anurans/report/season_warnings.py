"""Where the scores of new recordings are not to be trusted, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from anurans.common.wording import be, counted, have, listed
from anurans.listening.drift import BY_SOUND, MOST_DAYS, MOST_HOURS
from anurans.recordings.device_headers import tell_other_times, tell_times_alone
from anurans.splits.splits import REFIT

Row = Mapping[str, str]
MOST_NIGHTS = 12


def warnings(nights: Sequence[Row]) -> list[str]:
    """Say in plain words where scores should not be trusted; empty where nothing speaks so."""
    said = []
    doubtful = [row for row in nights if row["trust"] == "no"]
    if doubtful:
        reasons = {
            name: sum(int(row[name]) for row in doubtful)
            for name in BY_SOUND
            if any(int(row[name]) for row in doubtful)
        }
        why = listed(f"{name} ({counted(n, 'recording')})" for name, n in reasons.items())
        shown = [row["night"] or "without a date" for row in doubtful]
        more = len(shown) - MOST_NIGHTS
        names = ", ".join(shown[:MOST_NIGHTS]) + (f" and {more} more" if more > 0 else "")
        said.append(
            f"Do not trust the scores of {len(doubtful)} of {counted(len(nights), 'night')}: at "
            "least half of their recordings sound unlike any that the model learnt from, by "
            f"{why}. Listen to some of them, and annotate some for training. Their expected counts "
            "have no interval, since none would hold, and counts over several nights leave them "
            f"out. Nights: {names}."
        )
    for name, what in (
        ("season", f"more than {MOST_DAYS} days of the year away from any training recording"),
        ("hour", f"more than {MOST_HOURS:g} hour of the day away from any training recording"),
    ):
        n = sum(int(row[name]) for row in nights)
        if n:
            said.append(
                f"{counted(n, 'recording')} {be(n)} {what}. Species or calls that the model never "
                "met may be heard then."
            )
    return said


def known_already(recordings: Sequence[Row]) -> list[str]:
    """Name the new recordings that the model learnt from; empty where it met none of them."""
    names = [row["recording"] for row in recordings if row.get("learnt_from")]
    if not names:
        return []
    more = len(names) - MOST_NIGHTS
    shown = ", ".join(names[:MOST_NIGHTS]) + (f" and {more} more" if more > 0 else "")
    return [
        f"The model learnt from {len(names)} of {counted(len(recordings), 'recording')}. What it "
        f"hears there says nothing about new ones, and it is not judged by them: {shown}."
    ]


def there_twice(recordings: Sequence[Row]) -> list[str]:
    """Name the new recordings whose sound another one of another day has; empty without any."""
    pairs = [(row["recording"], row["same_as"]) for row in recordings if row.get("same_as")]
    if not pairs:
        return []
    more = len(pairs) - MOST_NIGHTS
    shown = ", ".join(f"{copy} ({first})" for copy, first in pairs[:MOST_NIGHTS])
    shown += f" and {more} more" if more > 0 else ""
    return [
        f"{counted(len(pairs), 'recording')} {have(len(pairs))} the same sound as one of another "
        "day. A clock is wrong, or a file was copied, and calls are counted twice. Remove one of "
        f"each: {shown}."
    ]


def other_times(recordings: Sequence[Row]) -> list[str]:
    """Say where headers of new recordings tell another time, or alone tell one."""
    where = "header_time in results/detections/recordings.csv has what each header says."
    found = []
    if told := tell_other_times(recordings):
        found.append(
            f"{told}. Nights and hours here are by the name or table. If the header is right, set "
            "detection.recordings.clock and time_zone, or correct the times in a table of "
            f"recordings. {where}"
        )
    if told := tell_times_alone(recordings):
        found.append(
            f"{told}. Their nights and hours are not known here. Give the times in a table of "
            f"recordings; snakemake start writes one from the headers. {where}"
        )
    return found


def doubts(about: Mapping[str, Any]) -> list[str]:
    """Warnings where the model's split leaks by design, or its network knows nothing."""
    said = []
    if about["embedding"]["backbone"]["weights"] == "random":
        said.append("The backbone has random weights: this shows how it works, not a result.")
    if about["leaks"] == "no":
        return said
    return [
        *said,
        f"The split {about['model']['split']} leaks by design: its thresholds and calibration are "
        "flattered. Name a model of another split.",
    ]


def refitted(about: Mapping[str, Any]) -> list[str]:
    """A warning where a refit listens, of which no held-out clip tells what its scores mean."""
    if about["folds"] != [REFIT]:
        return []
    return [
        "One network of all folds listens (detection.refit). Its thresholds, probabilities and "
        "expected counts come from the folds' networks, and its own scores may lie higher or "
        "lower. Count by listening (docs/finetuning.md)."
    ]


def unreachable(thresholds: Sequence[Row]) -> list[str]:
    """A warning of species that never have the wanted precision."""
    names = sorted({row["species"] for row in thresholds if row["source"] == "unreachable"})
    if not names:
        return []
    return [
        f"No threshold gives {listed(names)} the wanted precision on held-out clips: no clip is "
        "called positive. Want less, or annotate more calls."
    ]
