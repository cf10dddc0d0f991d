"""The clips of new recordings that a queue may ask about, out of what was heard of each day."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from anurans.annotations.labels import rows_by
from anurans.listening.activity import place_clips
from anurans.listening.scored_days import read_scored_day
from anurans.recordings.times import clock_of
from anurans.review.queues import FLOOR, Clips
from anurans.scores.probabilities import Curve


def model_digest(path: str | Path) -> str:
    """Digest of a detector: which model a queue was drawn with."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def voted(scores: np.ndarray) -> np.ndarray:
    """The score that decides where all folds have one threshold.

    At least half of the folds are at or above a threshold where the middle one of them is, or of an
    even number the higher of the two in the middle.

    Parameters
    ----------
    scores : np.ndarray [shape=(..., folds)]

    Returns
    -------
    np.ndarray [shape=(...)]

    Examples
    --------
    >>> voted(np.array([[0.1, 0.9, 0.4], [0.2, 0.3, 0.1]])).tolist()
    [0.4, 0.2]
    >>> voted(np.array([0.2, 0.6])).tolist()
    0.6
    """
    return np.sort(scores, axis=-1)[..., scores.shape[-1] // 2]


def read_season(
    shards: Iterable[str], curves: Mapping[str, Curve | None], model: str
) -> tuple[Clips, list[str]]:
    """Gather the clips of all days that do not overlap.

    Parameters
    ----------
    shards
        Paths of the scores of each day.
    curves
        Calibrator of each species, None where it has none.
    model
        Digest of the detector.

    Returns
    -------
    clips : Clips
        Their scores are those of `voted`.
    species
        Codes, in the order of the columns.
    """
    found: list[tuple[np.ndarray, ...]] = []
    species: list[str] = []
    for path in shards:
        day = read_scored_day(path)
        clips, species = day.clips[day.tiles], list(day.species)
        place = clips.recording.astype(str), clips.source_start, clips.source_end
        found.append((*place, voted(day.scores[day.tiles]), day.chances(curves)[day.tiles]))
    columns = [np.concatenate(of) for of in zip(*found, strict=True)]
    order = np.lexsort((columns[1], columns[0]))
    recording, start, end, voted_scores, calibrated = (of[order] for of in columns)
    return Clips(recording, start, end, tuple(species), voted_scores, calibrated, model), species


def candidates(
    clips: Clips, places: Mapping[str, Mapping[str, str]]
) -> Iterator[dict[str, object]]:
    """Clips and species that a check queue may ask about: not those that score next to nothing.

    Parameters
    ----------
    clips
        Of the season.
    places
        Site, date, time and so on of each recording.
    """
    rows, columns = np.nonzero(clips.scores >= FLOOR)
    for recording, mine in rows_by(clips.recording[rows]).items():
        told = places[recording]
        at, which = rows[mine].tolist(), columns[mine].tolist()
        spots = place_clips(clock_of(told), clips.start[at])
        for row, column, (night, hour) in zip(at, which, spots, strict=True):
            yield {
                "recording": recording,
                "start": float(clips.start[row]),
                "end": float(clips.end[row]),
                "species": clips.species[column],
                "score": float(clips.scores[row, column]),
                "model": clips.model,
                "site": told.get("site", ""),
                "night": night,
                "hour": hour,
            }


def groups_of(places: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Group of each recording whose answers may be alike: its site and night, or itself."""
    found = {}
    for name, told in places.items():
        ((night, _),) = place_clips(clock_of(told), np.zeros(1))
        found[name] = f"{told.get('site', '')} {night}" if night else name
    return found


def months_of(places: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Site and month of each recording, the month as YYYY-MM; empty where they are not known."""
    return {
        name: {"site": told.get("site", ""), "month": told.get("date", "")[:7]}
        for name, told in places.items()
    }


def by_recording(rows: Iterable[Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """Rows of a table of recordings by their id."""
    return {row["recording"]: row for row in rows}
