"""Embeddings of clips of new recordings, by the network that the detector listens with."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from anurans.listening.detector import Detector
from anurans.recordings.clips import ClipTable
from anurans.sounds.windows import Windows


def of_embeddings(detector: Detector) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Say what embeddings are of, and the shape of a clip's.

    Returns
    -------
    about
        `backbone`, `windows` (where they begin in a clip, in s; none of a network that takes
        images) and `window` (their length, in s).
    shape
        (width,), or (windows, width).
    """
    about = detector.about
    width, settings = detector.reference.shape[1], about["settings"]
    found: dict[str, Any] = {"backbone": about["model"]["backbone"], "windows": [], "window": None}
    if "sound" not in settings:
        return found, (width,)
    windows = Windows(**settings["sound"], length=settings["length"])
    starts = windows.starts.tolist()
    return found | {"windows": starts, "window": windows.window}, (len(starts), width)


def pick(table: ClipTable, rows: Iterable[Mapping[str, str]]) -> ClipTable:
    """Keep the clips of a table that rows with `recording` and `start` name."""
    wanted = {(row["recording"], round(float(row["start"]), 3)) for row in rows}
    starts = table.source_start.round(3).tolist()
    return table[
        np.array(
            [key in wanted for key in zip(table.recording.tolist(), starts, strict=True)], bool
        )
    ]


def best_windows(detector: Detector, embeddings: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Find the window of each clip that scores highest.

    Parameters
    ----------
    detector
        The model.
    embeddings : np.ndarray [shape=(n, windows, width)]
    columns : np.ndarray [shape=(n,), dtype=int]
        Species of each clip that is looked at.

    Returns
    -------
    np.ndarray [shape=(n,), dtype=int]
        The first of equal ones.
    """
    rows = np.arange(len(embeddings))
    scores = [
        detector.scores(embeddings[:, [window]]).mean(axis=-1)[rows, columns]
        for window in range(embeddings.shape[1])
    ]
    return np.argmax(scores, axis=0)
