"""What a sheet of copies shows: which of them, their images, and those they were made of."""

from collections.abc import Iterable, Sequence

import numpy as np

from anurans.annotations.labels import LabelRule, decide_all, known_all, read_coverage
from anurans.common.tables import read_table
from anurans.recordings.clips import concatenate
from anurans.sounds.shards import open_shard


def positives(
    tables: Iterable[str], species: Sequence[str], rule: LabelRule
) -> dict[str, frozenset[str]]:
    """Species that each clip of label tables, which are files, is positive for.

    Clips of which nothing is known are left out.
    """
    table = read_coverage((row for path in tables for row in read_table(path)), species)
    labels, _ = decide_all(table.species, rule)
    known = known_all(table.species).any(axis=1)
    return {
        clip: frozenset(name for name, label in zip(species, of, strict=True) if label)
        for clip, of in zip(table.clip[known], labels[known], strict=True)
    }


def pick(shows: Sequence[Sequence[set]], least: int) -> list[int]:
    """Pick at least so many that together show all that there is.

    Of each, `shows` tells sets of what must be seen, of what should be, and so on. The next one
    is that which adds most to those before; of equal ones the first.
    """
    picked: list[int] = []
    seen: list[set] = [set() for _ in shows[0]]
    while len(picked) < min(least, len(shows)) or any(sets[0] - seen[0] for sets in shows):
        rest = (at for at in range(len(shows)) if at not in picked)
        best = max(
            rest, key=lambda at: [len(s - old) for s, old in zip(shows[at], seen, strict=True)]
        )
        picked.append(best)
        for old, new in zip(seen, shows[best], strict=True):
            old |= new
    return picked


def contrast(image: np.ndarray) -> tuple[int, int]:
    """Grey values to draw white and black, so that noise is pale and calls stand out."""
    low, high = np.percentile(image, [20, 99.9])
    return int(low), int(max(high, low + 1))


class Images:
    """Clips of all shards of a technique, images read when they are asked for."""

    def __init__(self, paths: Iterable[str]) -> None:
        tables, self._places = [], []
        for path in paths:
            with open_shard(path) as shard:
                tables.append(shard.clips)
                self._places += [(path, row) for row in range(len(shard.clips))]
                self.about = shard.metadata
        self.clips = concatenate(tables)

    def image(self, row: int) -> np.ndarray:
        """Image of a clip."""
        path, at = self._places[row]
        with open_shard(path) as shard:
            return shard.data[at]

    def between(
        self, recording: str, start: float, end: float, length: float
    ) -> list[tuple[float, np.ndarray]]:
        """Starts and images of the clips of a recording that show a part of it."""
        starts = self.clips.source_start
        of = (self.clips.recording == recording) & (starts < end) & (starts + length > start)
        return [(float(starts[row]), self.image(row)) for row in np.flatnonzero(of).tolist()]
