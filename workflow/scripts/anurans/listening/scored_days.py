"""What the folds of a model gave the clips of a day, as later jobs read it."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anurans.recordings.clips import ClipTable
from anurans.scores.probabilities import Curve
from anurans.sounds.shards import open_shard


@dataclass(frozen=True, slots=True)
class ScoredDay:
    """Scores of a day.

    Attributes
    ----------
    clips
        Of all recordings that could be read; they overlap where `steps` is more than 1.
    scores : np.ndarray [shape=(n, species, folds)]
    recordings, species, folds
        Names; the latter two in the order of the axes.
    settings
        How clips are cut and what the network takes in.
    steps
        Clips that each second is in.
    tiles : np.ndarray [shape=(n,), dtype=bool]
        Clips that lie end to end, so that each second counts once.
    """

    clips: ClipTable
    scores: np.ndarray
    recordings: Sequence[str]
    species: Sequence[str]
    folds: Sequence[str]
    settings: Mapping[str, Any]
    steps: int
    tiles: np.ndarray

    @property
    def length(self) -> float:
        """Of a clip, in s."""
        return self.settings["length"]

    def chances(self, curves: Mapping[str, Curve | None]) -> np.ndarray:
        """Mean calibrated probabilities [shape=(n, species)]; NaN where a species has no curve."""
        found = np.full(self.scores.shape[:2], np.nan)
        for at, name in enumerate(self.species):
            curve = curves[name]
            if curve is not None:
                found[:, at] = curve.probabilities(self.scores[:, at])
        return found


def read_scored_day(path: str | os.PathLike) -> ScoredDay:
    """Read the scores of a day, results/detections/scores/{day}.h5."""
    with open_shard(path) as shard:
        clips, scores, metadata = shard.clips, shard.data[:], shard.metadata
    about = metadata["detection"]
    steps = round(1 / (1 - about["overlap"]))
    places = np.rint(clips.source_start * steps / about["settings"]["length"]).astype(int)
    return ScoredDay(
        *(clips, scores, metadata["recordings"], about["species"], about["folds"]),
        *(about["settings"], steps, places % steps == 0),
    )
