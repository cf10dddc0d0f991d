"""What a run is trained on: rows of embedding shards, with labels from the annotations."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anurans.annotations.formats import Annotation
from anurans.annotations.labels import (
    LabelRule,
    blocks_by,
    cover_clips,
    decide_all,
    known_all,
    rows_by,
)
from anurans.common.errors import UserError
from anurans.common.versions import merge_versions
from anurans.networks.embedding_rows import Rows, rows_at_a_time
from anurans.recordings.clips import TOLERANCE, ClipTable, concatenate, windows_of
from anurans.sounds.shards import open_shard
from anurans.splits.splits import TRAIN


@dataclass(frozen=True, slots=True)
class Embeddings:
    """The embedding shards of one technique, their clip tables read, their rows not yet.

    `counts` are the numbers of clips of each shard.
    """

    paths: tuple[str, ...]
    clips: ClipTable
    metadata: dict[str, Any]
    dtype: np.dtype
    counts: tuple[int, ...]

    @property
    def width(self) -> int:
        """Number of values of an embedding."""
        return self.metadata["shape"][-1]

    @property
    def windows(self) -> tuple[float, ...]:
        """Where the windows of a clip begin, in s from its start; none of an image."""
        return tuple(self.metadata.get("embedding", {}).get("windows", ()))

    def batches(self) -> Iterator[np.ndarray]:
        """Read all clips, some at a time, in the order of `clips`."""
        size = rows_at_a_time(math.prod(self.metadata["shape"]), self.dtype.itemsize)
        for path in self.paths:
            with open_shard(path) as shard:
                yield from shard.batches(size)


def rows_of(
    wanted: Sequence[tuple[Embeddings, Sequence[str] | np.ndarray]], pooled: bool = False
) -> Rows:
    """Rows of clips, in the order in which they are named, techniques one after the other.

    Where embeddings are of windows, a clip has as many rows, or one, their mean, where `pooled`.
    """
    parts, order, done = [], [], 0
    for embeddings, clips in wanted:
        position = {clip: done + row for row, clip in enumerate(clips)}
        places = np.array([position.get(clip, -1) for clip in embeddings.clips.clip], dtype=int)
        first = 0
        for path, count in zip(embeddings.paths, embeddings.counts, strict=True):
            place = places[first : first + count]
            first += count
            chosen = np.flatnonzero(place >= 0)
            if len(chosen):
                parts.append((path, chosen))
                order.append(place[chosen])
        done += len(clips)
    return Rows(parts, np.argsort(np.concatenate([np.empty(0, int), *order])), pooled)


def open_embeddings(paths: Sequence[str]) -> Embeddings:
    """Read the clip tables of embedding shards.

    Raises
    ------
    UserError
        When the shards were not all made with the same settings.
    """
    tables, versions, settings, dtype = [], [], None, np.dtype("float32")
    recordings: dict[str, Any] = {}
    for path in paths:
        with open_shard(path) as shard:
            tables.append(shard.clips)
            recordings |= shard.metadata["recordings"]
            versions.append(shard.metadata.get("versions", {}))
            made = {
                key: value
                for key, value in shard.metadata.items()
                if key not in ("recordings", "versions")
            } | {"shape": list(shard.data.shape[1:])}
            dtype = shard.data.dtype
        settings = settings or made
        if made != settings:
            raise UserError(
                f"{path} and {paths[0]} were made with different settings or code; run snakemake "
                "--forcerun RULE with the first rule that differs (docs/reruns.md)."
            )
    metadata = {
        **(settings or {}),
        "recordings": recordings,
        # Shards may be made before and after an update.
        "versions": merge_versions(versions),
    }
    counts = tuple(map(len, tables))
    return Embeddings(tuple(paths), concatenate(tables), metadata, dtype, counts)


def check_same_backbone(embeddings: Sequence[Embeddings]) -> None:
    """Refuse techniques whose embeddings were not made alike.

    Raises
    ------
    UserError
        When backbone, engine, precision or spectrogram differ.
    """
    first = embeddings[0]
    for other in embeddings[1:]:
        for stage in ("embedding", "spectrogram"):
            if first.metadata.get(stage) != other.metadata.get(stage):
                raise UserError(
                    f"{other.paths[0]} and {first.paths[0]} were made with different settings of "
                    f"{stage}; delete one of the two and run the same command again."
                )


def trainable(
    copies: ClipTable,
    originals: ClipTable,
    roles: Mapping[str, str],
    learnt: Collection[str] = (TRAIN,),
) -> np.ndarray:
    """Tell which copies may be trained on: every original clip that they overlap is trained on.

    Parameters
    ----------
    copies
        The copies.
    originals
        Every original clip of their recordings.
    roles
        Role of each original clip.
    learnt
        Roles of what is trained on.

    Returns
    -------
    np.ndarray [shape=(n,), dtype=bool]
        False too for a copy of what is in no original clip.
    """
    allowed = np.zeros(len(copies), dtype=bool)
    clips_of = rows_by(originals.recording)
    for recording, rows in blocks_by(copies.recording):
        near = clips_of.get(recording, np.empty(0, int))
        train = np.array([roles[clip] in learnt for clip in originals.clip[near]], dtype=bool)
        overlap = overlaps(copies[rows], originals[near])
        allowed[rows] = overlap.any(axis=1) & ~(overlap & ~train).any(axis=1)
    return allowed


def overlaps(copies: ClipTable, originals: ClipTable) -> np.ndarray:
    """Tell which clips of one recording show the same time.

    Returns
    -------
    np.ndarray [shape=(copies, originals), dtype=bool]
        Less than 1 us in common is none.
    """
    first = np.maximum(copies.source_start[:, None], originals.source_start)
    last = np.minimum(copies.source_end[:, None], originals.source_end)
    return last - first > TOLERANCE


def shown_by(copies: ClipTable, originals: ClipTable, of: Mapping[str, int]) -> list[set[int]]:
    """Tell which inner folds each copy shows something of.

    Parameters
    ----------
    copies
        The copies.
    originals
        Original clips of their recordings.
    of
        Inner fold of each original clip that has one.

    Returns
    -------
    list of set
    """
    found: list[set[int]] = [set() for _ in range(len(copies))]
    clips_of = rows_by(originals.recording)
    for recording, rows in blocks_by(copies.recording):
        near = clips_of.get(recording, np.empty(0, int))
        folds = [of.get(clip) for clip in originals.clip[near].tolist()]
        for row, over in zip(rows.tolist(), overlaps(copies[rows], originals[near]), strict=True):
            found[row] = {
                fold
                for fold, shared in zip(folds, over, strict=True)
                if shared and fold is not None
            }
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """Clips of a part of a run, of each of which, or of a window of it, something is known.

    Attributes
    ----------
    clips
        The clips.
    labels, known : np.ndarray [shape=(n, species), dtype=bool]
        Labels, False where nobody knows; and which are known.
    """

    clips: ClipTable
    labels: np.ndarray
    known: np.ndarray

    def take(self, rows: np.ndarray) -> "Part":
        """Some of the clips, by their numbers."""
        return Part(self.clips[rows], self.labels[rows], self.known[rows])


def label_windows(
    part: Part,
    embeddings: Embeddings,
    annotations: Mapping[str, Sequence[Annotation]],
    species: Sequence[str],
    rule: LabelRule,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Label the windows of clips, each by what covers itself.

    Where it is known of a clip alone that a species calls in it, nobody knows in which window.

    Parameters
    ----------
    part
        Clips of `embeddings`.
    embeddings, annotations, species, rule
        As `labelled` takes them.

    Returns
    -------
    labels, known : np.ndarray [shape=(n * windows, species), dtype=bool]
        Windows of a clip one after the other. Embeddings that have none: those of the clips.
    used : np.ndarray [shape=(n * windows,), dtype=bool]
        Whether the rule leaves a window in. One of which nothing is known is, to be scored.
    """
    if not embeddings.windows:
        return part.labels, part.known, np.ones(len(part.clips), dtype=bool)
    clips = windows_of(part.clips, embeddings.windows, embeddings.metadata["embedding"]["window"])
    covered = cover_clips(clips, annotations, durations_of(embeddings), species)
    labels, used = decide_all(covered, rule)
    return labels, known_all(covered), used


def durations_of(embeddings: Embeddings) -> dict[str, float]:
    """Duration of each recording, in s."""
    recordings = embeddings.metadata["recordings"]
    return {recording: about["duration_s"] for recording, about in recordings.items()}


def labelled(
    embeddings: Embeddings,
    chosen: np.ndarray,
    annotations: Mapping[str, Sequence[Annotation]],
    species: Sequence[str],
    rule: LabelRule,
) -> Part:
    """Label some clips of a technique.

    Parameters
    ----------
    embeddings
        Where the clips are.
    chosen : np.ndarray [shape=(n,), dtype=bool]
        Which clips of `embeddings.clips`; those of which nothing is known, nor of a window of
        theirs, are left out.
    annotations
        Of each annotated recording.
    species, rule
        What the labels are.

    Returns
    -------
    Part
        Sorted by clip id, so that the order does not depend on the shards.
    """
    clips = embeddings.clips[chosen & np.isin(embeddings.clips.recording, list(annotations))]
    clips = clips[np.argsort(clips.clip, kind="stable")]
    covered = cover_clips(clips, annotations, durations_of(embeddings), species)
    labels, used = decide_all(covered, rule)
    known = known_all(covered)
    some = np.asarray(known.any(axis=1))
    if embeddings.windows and not some.all():
        # What is known of a window alone is learnt from, too; the clip stays unknown.
        length = embeddings.metadata["embedding"]["window"]
        windows = windows_of(clips[~some], embeddings.windows, length)
        sure = known_all(cover_clips(windows, annotations, durations_of(embeddings), species))
        some[~some] = sure.any(axis=1).reshape(-1, len(embeddings.windows)).any(axis=1)
    return Part(clips, labels, known).take(np.flatnonzero(used & some))


def chosen_copies(part: Part, copies: str | Sequence[str], species: Sequence[str]) -> Part:
    """Keep the copies that a dataset trains on.

    Parameters
    ----------
    part
        Copies.
    copies
        `all`, `positives` (with a label of any species), or names of species (with a label of
        any of these).
    species
        Names of the columns of the labels.
    """
    if copies == "all":
        return part
    columns = [
        column for column, name in enumerate(species) if copies == "positives" or name in copies
    ]
    return part.take(np.flatnonzero(part.labels[:, columns].any(axis=1)))
