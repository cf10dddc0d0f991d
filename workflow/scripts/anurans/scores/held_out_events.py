"""Events of the clips that a model was held out from, as those of new recordings are found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anurans.scores.calibration import Calibrator
from anurans.scores.comparison import MODEL
from anurans.scores.event_scores import JUDGED, Interval
from anurans.scores.events import SWEPT, find_events, sweep_events
from anurans.splits.splits import HELD_OUT

EVENTS = (*MODEL, "subset", *JUDGED)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Clips of whole recordings, each judged by the fold that never saw it.

    Attributes
    ----------
    clips : np.ndarray [shape=(n,)]
        Their ids.
    recordings : np.ndarray [shape=(n,)]
        Of each clip; clips of one recording follow each other in time.
    groups : np.ndarray [shape=(n,)]
        What intervals draw.
    starts, ends : np.ndarray [shape=(n,)]
        In s.
    scores : np.ndarray [shape=(n, species)]
        NaN where a model knows nothing of a species.
    positive : np.ndarray [shape=(n, species), dtype=bool]
    """

    clips: np.ndarray
    recordings: np.ndarray
    groups: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    scores: np.ndarray
    positive: np.ndarray

    def placed(self) -> list[tuple[str, float]]:
        """Recording and start of each clip."""
        return list(zip(self.recordings.tolist(), self.starts.tolist(), strict=True))

    def names(self) -> list[str]:
        """Recordings, in order."""
        return list(dict.fromkeys(self.recordings.tolist()))


def read_held_out(
    folds: Iterable[Iterable[Mapping[str, str]]],
    clips: Iterable[Mapping[str, str]],
    species: Sequence[str],
) -> HeldOut:
    """Pool the held-out clips of a model's folds, of the recordings that are held out as a whole.

    Parameters
    ----------
    folds
        Rows of predictions.tsv of each fold's run.
    clips
        Rows of the label tables: clip, recording, start and end, of every annotated recording.
    species
        In the order of the columns.
    """
    rows = {row["clip"]: row for fold in folds for row in fold if row["role"] == HELD_OUT}
    of: dict[str, list[Mapping[str, str]]] = {}
    for clip in clips:
        of.setdefault(clip["recording"], []).append(clip)
    whole = [
        sorted(mine, key=lambda clip: float(clip["start"]))
        for _, mine in sorted(of.items())
        if all(clip["clip"] in rows for clip in mine)
    ]
    placed = [clip for mine in whole for clip in mine]
    found = [rows[clip["clip"]] for clip in placed]

    def table(what: str) -> np.ndarray:
        values = [[float(row[f"{what}_{name}"] or "nan") for name in species] for row in found]
        return np.array(values).reshape(len(found), len(species))

    scores = table("score")
    return HeldOut(
        np.array([clip["clip"] for clip in placed], dtype=object),
        np.array([clip["recording"] for clip in placed], dtype=object),
        np.array([row["group"] for row in found], dtype=object),
        np.array([float(clip["start"]) for clip in placed]),
        np.array([float(clip["end"]) for clip in placed]),
        scores,
        (table("predicted") == 1) & ~np.isnan(scores),
    )


def held_out_events(
    held_out: HeldOut, column: int, length: float, calibrator: Calibrator | None
) -> tuple[dict[str, list[Interval]], list[dict[str, list[Interval]]]]:
    """Events of a species (a column) by recording, at its thresholds and at each of the sweep.

    Clips of training do not overlap; neighbours that are positive are one event.

    Parameters
    ----------
    held_out
        From `read_held_out`.
    column
        Of the species.
    length
        Of a clip, in s.
    calibrator
        Of the species; without one there is no sweep.
    """
    events: dict[str, list[Interval]] = {}
    sweep: list[dict[str, list[Interval]]] = [{} for _ in SWEPT] if calibrator else []
    for name in held_out.names():
        of = held_out.recordings == name
        starts, ends, scores = held_out.starts[of], held_out.ends[of], held_out.scores[of, column]
        mine = (held_out.positive[of, column], scores, scores)
        found = find_events("", starts, ends, *mine, length, 1, 0.0)
        events[name] = [(event.start, event.end) for event in found]
        if calibrator:
            swept = sweep_events(starts, ends, calibrator(scores), length, 1, 0.0)
            for into, each in zip(sweep, swept, strict=True):
                into[name] = each
    return events, sweep
