"""Clips that are looked at more closely before some of them are suggested."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from anurans.annotations.labels import LabelRule, decide, read_coverage
from anurans.listening.scored_days import read_scored_day
from anurans.recordings.clips import TOLERANCE, ClipTable
from anurans.review.suggestions import disagreement
from anurans.scores.probabilities import Curve

CANDIDATE = ("recording", "start", "end", "worth")
# A stretch of a recording, in s.
Stretches = Mapping[str, Sequence[tuple[float, float]]]


def fold_chances(scores: np.ndarray, curves: Sequence[Curve | None]) -> np.ndarray:
    """Probability that each fold's model gives.

    Parameters
    ----------
    scores : np.ndarray [shape=(n, species, folds)]
    curves
        Calibrator of each species; where there is none, the score stands for it.

    Returns
    -------
    np.ndarray [shape=(n, species, folds)]
    """
    found = scores.astype(float)
    for at, curve in enumerate(curves):
        if curve is not None:
            found[:, at] = np.interp(scores[:, at], curve.points[:, 0], curve.points[:, 1])
    return found


def count_positives(
    tables: Iterable[Sequence[Mapping[str, str]]], species: Sequence[str], rule: LabelRule
) -> list[int]:
    """Count the annotated clips with calls of each species, by label tables."""
    counts = [0] * len(species)
    for rows in tables:
        coverage = read_coverage(rows, species).species
        for at, name in enumerate(species):
            counts[at] += int(decide(coverage[name], rule)[0].sum())
    return counts


def annotated_clips(
    tables: Iterable[Sequence[Mapping[str, str]]], species: Sequence[str]
) -> dict[str, list[tuple[float, float]]]:
    """Clips of which it is known whether each of the species calls, by recording."""
    found = defaultdict(list)
    for rows in tables:
        for row in rows:
            if all(row[f"{name}_overlap"] for name in species):
                found[row["recording"]].append((float(row["start"]), float(row["end"])))
    return dict(found)


def stretches(rows: Iterable[Mapping[str, str]]) -> dict[str, list[tuple[float, float]]]:
    """Stretches that rows with `recording`, `start` and `end` speak of, by recording."""
    found = defaultdict(set)
    for row in rows:
        found[row["recording"]].add((float(row["start"]), float(row["end"])))
    return {name: sorted(of) for name, of in found.items()}


def touching(clips: ClipTable, *known: Stretches) -> np.ndarray:
    """Tell which clips share time with any of these stretches [shape=(n,), dtype=bool]."""
    spans = zip(clips.recording, clips.source_start, clips.source_end, strict=True)
    return np.array(
        [
            any(
                start < high - TOLERANCE and low < end - TOLERANCE
                for of in known
                for low, high in of.get(name, ())
            )
            for name, start, end in spans
        ],
        bool,
    )


def choose_candidates(
    shards: Iterable[str],
    curves: Mapping[str, Curve | None],
    weights: np.ndarray,
    far: Mapping[str, float],
    known: Sequence[Stretches],
    n: int,
) -> list[dict[str, object]]:
    """Choose clips by their scores alone, since the embeddings of new recordings are not kept.

    Parameters
    ----------
    shards
        Paths of the scores of each day.
    curves
        Calibrator of each species.
    weights : np.ndarray [shape=(species,)]
        Rarity of each species.
    far
        Share of the clips of a recording that lie beyond the limit of drift: such clips count
        double later, so that here a clip counts by what it will be in the mean.
    known
        What was answered, asked or annotated already; clips that touch it are left out.
    n
        How many to choose.

    Returns
    -------
    list of dict
        Rows of `CANDIDATE`, those that folds disagree about most first.
    """
    names: list[str] = []
    spans: list[np.ndarray] = []
    values: list[np.ndarray] = []
    for path in shards:
        day = read_scored_day(path)
        new = day.tiles & ~touching(day.clips, *known)
        clips, scores = day.clips[new], day.scores[new]
        chances = fold_chances(scores, [curves[name] for name in day.species])
        more = np.array([1 + far.get(name, 0.0) for name in clips.recording])
        names += clips.recording.tolist()
        spans.append(np.stack([clips.source_start, clips.source_end], axis=1))
        values.append((disagreement(chances) * weights).max(axis=1, initial=0.0) * more)
    if not names:
        return []
    span, worth = np.concatenate(spans), np.concatenate(values)
    # Of equal worth in the order of name and time, whatever the days are.
    order = np.lexsort((span[:, 0], np.array(names), -worth))[:n]
    return [
        {
            "recording": names[at],
            "start": float(span[at, 0]),
            "end": float(span[at, 1]),
            "worth": float(worth[at]),
        }
        for at in order.tolist()
    ]
