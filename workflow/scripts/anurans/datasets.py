"""What a run is trained on: rows of embedding shards, with labels from the annotations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anurans.annotation_formats import Annotation
from anurans.clips import ClipTable, concatenate
from anurans.errors import UserError
from anurans.labels import LabelRule, cover_clips, decide_all
from anurans.shards import open_shard


@dataclass(frozen=True, slots=True)
class Embeddings:
    """The embedding shards of one technique, their clip tables read, their rows not yet."""

    paths: tuple[str, ...]
    clips: ClipTable
    metadata: dict[str, Any]
    dtype: np.dtype

    @property
    def width(self) -> int:
        """Number of values of an embedding."""
        return self.metadata["width"]

    def batches(self, size: int = 1024) -> Iterator[np.ndarray]:
        """Read all rows, `size` at a time, in the order of `clips`."""
        for path in self.paths:
            with open_shard(path) as shard:
                yield from shard.batches(size)

    def rows(self, wanted: Sequence[str]) -> np.ndarray:
        """Read the embeddings of the clips `wanted`, in that order.

        Returns
        -------
        np.ndarray [shape=(len(wanted), width)]
        """
        position = {clip: row for row, clip in enumerate(wanted)}
        found = np.empty((len(wanted), self.width), self.dtype)
        first = 0
        for batch in self.batches():
            ids = self.clips.clip[first : first + len(batch)]
            for row, clip in enumerate(ids):
                if clip in position:
                    found[position[clip]] = batch[row]
            first += len(batch)
        return found


def open_embeddings(paths: Sequence[str]) -> Embeddings:
    """Read the clip tables of embedding shards.

    Raises
    ------
    UserError
        When the shards were not all made with the same settings.
    """
    tables, recordings, settings, dtype = [], {}, None, np.dtype("float32")
    for path in paths:
        with open_shard(path) as shard:
            tables.append(shard.clips)
            recordings |= shard.metadata["recordings"]
            made = {
                key: value
                for key, value in shard.metadata.items()
                if key not in ("recordings", "versions")
            } | {"width": shard.data.shape[1]}
            dtype = shard.data.dtype
        settings = settings or made
        if made != settings:
            raise UserError(
                f"{path} and {paths[0]} were made with different settings or code; delete one of "
                "the two and run the same command again."
            )
    return Embeddings(
        tuple(paths), concatenate(tables), {**(settings or {}), "recordings": recordings}, dtype
    )


def labelled(
    embeddings: Embeddings,
    roles: Mapping[str, str],
    wanted: str,
    annotations: Mapping[str, Sequence[Annotation]],
    species: Sequence[str],
    rule: LabelRule,
) -> tuple[np.ndarray, np.ndarray]:
    """Clips of one role, and their labels.

    Parameters
    ----------
    embeddings
        Where the clips are.
    roles
        Role of each clip.
    wanted
        The role.
    annotations
        Of each annotated recording; clips of others are left out.
    species, rule
        What the labels are.

    Returns
    -------
    clips : np.ndarray [shape=(n,)]
        Ids, sorted, so that the order does not depend on the shards.
    labels : np.ndarray [shape=(n, species), dtype=bool]
    """
    clips = embeddings.clips
    durations = {
        recording: about["duration_s"]
        for recording, about in embeddings.metadata["recordings"].items()
    }
    mine = [
        row
        for row, (clip, recording) in enumerate(zip(clips.clip, clips.recording, strict=True))
        if roles[clip] == wanted and recording in annotations
    ]
    chosen = clips[sorted(mine, key=lambda row: clips.clip[row])]
    labels, used = decide_all(cover_clips(chosen, annotations, durations, species), rule)
    return chosen.clip[used], labels[used]
