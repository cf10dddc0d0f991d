"""What a search starts from: a call in a file, or all annotated calls of a species."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from anurans.annotations.formats import Annotation
from anurans.annotations.labels import LabelRule, cover_clips, decide
from anurans.common.errors import UserError
from anurans.listening.days import embedder_of
from anurans.listening.scoring import Listener, Viewer
from anurans.networks.embeddings import open_network
from anurans.recordings.audio import read_blocks, to_int16
from anurans.recordings.clips import ClipTable, windows_of
from anurans.recordings.inspection import inspect
from anurans.recordings.names import Recording
from anurans.sounds.windows import window_starts


def lay_example(start: float, end: float, unit: float, duration: float) -> np.ndarray:
    """Lay what a network takes over a call.

    Parameters
    ----------
    start, end
        Of the call, in s.
    unit
        What the network takes at a time, in s: a window, or a clip.
    duration
        Of the file, in s.

    Returns
    -------
    np.ndarray [shape=(n,)]
        Starts, in s. A call shorter than `unit` lies in the middle of one, or as near to it as the
        file allows; over a longer one they lie evenly.

    Examples
    --------
    >>> lay_example(10.0, 11.0, 3.0, 60.0), lay_example(0.5, 1.0, 3.0, 60.0)
    (array([9.]), array([0.]))
    >>> lay_example(10.0, 15.0, 3.0, 60.0)
    array([10., 12.])
    """
    span = max(unit, end - start)
    first = min((start + end - span) / 2, duration - span)
    return max(0.0, first) + window_starts(span, unit)


def embed_example(
    path: str, channel: str, start: float, end: float, embedder: Viewer | Listener, unit: float
) -> np.ndarray:
    """Embed a call in a file as clips are: in one channel, at the network's rate.

    Parameters
    ----------
    path, channel
        The file, and what is read of it.
    start, end
        Of the call, in s.
    embedder, unit
        What embeds, and what it takes at a time, in s.

    Returns
    -------
    np.ndarray [shape=(n, width)]

    Raises
    ------
    UserError
        When the file cannot be used, or the call lies behind its end.
    """
    found = inspect(Recording("example", path), min(unit, end - start), 0.0, channel)
    if found.status != "ok":
        raise UserError(f"search.example: {path} {found.reason}.")
    if end > found.duration_s + 0.01:
        raise UserError(
            f"search.end: found {end:g}; {path} ends after {found.duration_s:g} s (times are in s "
            "from its start)."
        )
    samples = round(unit * embedder.sr)
    firsts = np.rint(lay_example(start, end, unit, found.duration_s) * embedder.sr).astype(int)
    last = int(firsts[-1]) + samples
    kept, begin, have = [], int(firsts[0]), 0
    for block in read_blocks(path, channel, embedder.sr):
        kept.append(block[max(0, begin - have) : max(0, last - have)])
        have += len(block)
        if have >= last:
            break
    sound = to_int16(np.concatenate(kept))
    cut = [sound[at - begin : at - begin + samples] for at in firsts.tolist()]
    audio = np.stack([np.pad(each, (0, samples - len(each))) for each in cut])
    embedded = embedder.embed(audio, [f"example {at}" for at in range(len(audio))])
    return embedded.reshape(-1, embedded.shape[-1])


def label_windows(
    clips: ClipTable,
    about: Mapping[str, Any],
    annotations: Mapping[str, Iterable[Annotation]],
    durations: Mapping[str, float],
    species: str,
    rule: LabelRule,
) -> np.ndarray:
    """Tell which windows of clips are positive for a species.

    Parameters
    ----------
    clips
        Original clips.
    about
        Of their embeddings: `windows` and `window`, as shards have them; none of images.
    annotations, durations
        Of each annotated recording; length of every recording, in s.
    species, rule
        What is looked for, and when it counts.

    Returns
    -------
    np.ndarray [shape=(n, windows), dtype=bool]
        One column where there are no windows.
    """
    starts = about.get("windows") or [0.0]
    found = np.zeros((len(clips), len(starts)), bool)
    known = np.isin(clips.recording, list(annotations))
    table = clips[known]
    if about.get("windows"):
        table = windows_of(table, starts, about["window"])
    covered = cover_clips(table, annotations, durations, [species])[species]
    found[known] = decide(covered, rule)[0].reshape(-1, len(starts))
    return found


def embed_label(
    shards: Iterable[tuple[ClipTable, np.ndarray, Mapping[str, Any]]],
    annotations: Mapping[str, Iterable[Annotation]],
    species: str,
    rule: LabelRule,
) -> tuple[np.ndarray, int, dict[str, list[tuple[float, float]]]]:
    """Take the mean of the embeddings of all annotated calls of a species.

    It is nearer to calls, and further from whatever else is heard with them, than each of them
    (docs/review.md has numbers).

    Parameters
    ----------
    shards
        Clips, embeddings and metadata of each shard.
    annotations, species, rule
        As `label_windows` takes them.

    Returns
    -------
    mean : np.ndarray [shape=(1, width)]
    count
        Windows, or clips, that it is the mean of.
    clips
        Those that hold them, by recording, in s.

    Raises
    ------
    UserError
        Where there is none.
    """
    total, count = np.zeros(1), 0
    held: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for clips, data, metadata in shards:
        durations = {name: of["duration_s"] for name, of in metadata["recordings"].items()}
        about = metadata["embedding"]
        chosen = label_windows(clips, about, annotations, durations, species, rule)
        rows = data.reshape(len(clips), -1, data.shape[-1])[chosen]
        total, count = total + rows.sum(axis=0, dtype=float), count + len(rows)
        mine = clips[chosen.any(axis=1)]
        for name, *span in zip(mine.recording, mine.source_start, mine.source_end, strict=True):
            held[name].append((float(span[0]), float(span[1])))
    if not count:
        raise UserError(
            f"search.label: no clip is labelled {species}; annotate one call, or give a file "
            "with one (search.example)."
        )
    return total[None] / count, count, dict(held)


def centre_of(shards: Iterable[np.ndarray]) -> np.ndarray:
    """Mean embedding [shape=(width,)] of clips [shape=(n, windows, width) or (n, width)]."""
    total, count = np.zeros(1), 0
    for data in shards:
        rows = data.reshape(-1, data.shape[-1])
        total, count = total + rows.sum(axis=0, dtype=float), count + len(rows)
    return total / max(count, 1)


def merge_nearest(
    found: Iterable[tuple[ClipTable, np.ndarray]], n: int
) -> list[tuple[str, float, float, float]]:
    """Put the nearest clips of several shards into one order.

    Parameters
    ----------
    found
        Clips of each shard, and how near they are [shape=(clips,)].
    n
        How many to keep.

    Returns
    -------
    list of (recording, start, end, near)
        The nearest first; of equally near ones in the order of name and time.
    """
    rows: list[tuple[float, str, float, float]] = []
    for clips, near in found:
        columns = (-near, clips.recording, clips.source_start, clips.source_end)
        rows = heapq.nsmallest(n, [*rows, *zip(*(of.tolist() for of in columns), strict=True)])
    return [(name, start, end, -far) for far, name, start, end in rows]


def open_example(
    about: str, clips: Mapping[str, Any], threads: int
) -> tuple[Viewer | Listener, float]:
    """Open a network to embed an example.

    Parameters
    ----------
    about
        Its about.json.
    clips
        `length`, `sr`, `spectrogram` and `seed` of clips.
    threads
        Of the engine.

    Returns
    -------
    embedder, unit
        What embeds, and what it takes at a time, in s.
    """
    network, described = open_network(about, threads)
    if described.get("kind") != "sound":
        return embedder_of(network, clips), clips["length"]
    own = {"sr": described["sr"], "samples": described["samples"], "seed": clips["seed"]}
    unit = described["samples"] / described["sr"]
    return embedder_of(network, {"length": unit, "sound": own}), unit
