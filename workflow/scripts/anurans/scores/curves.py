"""Precision and recall, reliability, scores by hour and site, of models over all their folds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.calibration import calibration_curve

from anurans.common.errors import UserError
from anurans.scores.comparison import Decisions, model_f1
from anurans.scores.intervals import draw_groups, percentile_interval, sums_by_group
from anurans.scores.metrics import average_precision, precision_recall_curve
from anurans.splits.splits import HELD_OUT

BINS = 10
Interval = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Scored(Decisions):
    """Decisions, and the probabilities behind them.

    Attributes
    ----------
    scores : np.ndarray [shape=(n, species)]
    known : np.ndarray [shape=(n, species), dtype=bool]
        Which labels are known; where they are not, there is no label, decision or score.
    """

    scores: np.ndarray
    known: np.ndarray

    def about(self, column: int) -> "Scored":
        """One species (a column): the clips whose label of it is known."""
        of, columns = self.known[:, column], slice(column, column + 1)
        tables = (self.labels, self.predicted, self.scores, self.known)
        return Scored(
            self.recordings[of], self.groups[of], *(table[of, columns] for table in tables)
        )


def scored_rows(rows: Iterable[Mapping[str, str]], subset: str) -> list[Mapping[str, str]]:
    """Rows of `predictions.tsv` that are scored in one part."""
    return [row for row in rows if row["role"] == subset and row["used"] == "1"]


def read_scored(rows: Iterable[Mapping[str, str]], species: Sequence[str], subset: str) -> Scored:
    """Read the rows of `predictions.tsv` that are scored in one part."""
    part = scored_rows(rows, subset)

    def table(what: str) -> np.ndarray:
        values = [[float(row[f"{what}_{name}"] or "nan") for name in species] for row in part]
        return np.array(values).reshape(len(part), len(species))

    # A model that knows nothing of a species has no score for it: it is as if none had called.
    scores, labels = table("score"), table("label")
    known = ~np.isnan(labels)
    counts = known & ~np.isnan(scores)

    def names(column: str) -> np.ndarray:
        return np.array([row[column] for row in part], dtype=object)

    return Scored(
        names("recording"),
        names("group"),
        (labels == 1) & counts,
        (table("predicted") == 1) & counts,
        np.where(counts, scores, 0.0),
        known,
    )


def pool(folds: Sequence[Scored]) -> Scored:
    """Put the parts that are scored by each fold's model together."""
    fields = ("recordings", "groups", "labels", "predicted", "scores", "known")
    return Scored(*(np.concatenate([getattr(fold, field) for fold in folds]) for field in fields))


def pool_models(
    models: Mapping[tuple[str, ...], Sequence[int]],
    read: Callable[[int], Iterable[Mapping[str, str]]],
    species: Sequence[str],
    subset: str,
    split: str,
) -> dict[tuple[str, ...], Scored]:
    """Pool the folds of each model.

    Parameters
    ----------
    models
        Places of the runs of each, as `anurans.scores.ranking.few_best` gives them.
    read
        Reads `predictions.tsv` of the run at a place.
    species
        Names, in the order of the columns.
    subset
        Part that is shown.
    split
        Name of the split, for the message.

    Raises
    ------
    UserError
        When no clip of any model is scored in that part.
    """
    parts = {
        model: pool([read_scored(read(at), species, subset) for at in folds])
        for model, folds in models.items()
    }
    if not any(len(part.labels) for part in parts.values()):
        raise UserError(
            f"Split {split}: no clip is scored in a fold or a test part, so that there is nothing "
            "to draw. Raise test or folds of the split in the config."
        )
    return parts


def weigh_clips(groups: np.ndarray, resamples: int, seed: int) -> np.ndarray | None:
    """Draw groups with replacement: how often each clip counts in each draw.

    Returns
    -------
    np.ndarray [shape=(resamples, n)] or None
        None where there is only one group, which says nothing of the others.
    """
    names, row = np.unique(groups.astype(str), return_inverse=True)
    return draw_groups(len(names), resamples, seed)[:, row] if len(names) > 1 else None


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """Precision against recall of one species.

    Attributes
    ----------
    recall, precision : np.ndarray [shape=(points,)]
        From the lowest threshold to the highest that finds a positive; empty without positives.
    operating : tuple of float, or None
        Recall and precision at the tuned thresholds; None where undefined.
    ap
        Average precision; None without positives.
    interval
        Of it, 95 %.
    positives, clips
        How many there are.
    """

    recall: np.ndarray
    precision: np.ndarray
    operating: tuple[float, float] | None
    ap: float | None
    interval: Interval
    positives: int
    clips: int


def trace_precision_recall(part: Scored, column: int, resamples: int, seed: int) -> PrecisionRecall:
    """Trace precision against recall of one species (a column), with an interval of its area."""
    part = part.about(column)
    labels, scores = part.labels[:, 0], part.scores[:, 0]
    positives = int(labels.sum())
    if not positives:
        none = np.zeros(0)
        return PrecisionRecall(none, none, None, None, (None, None), 0, len(labels))
    precision, recall, _ = precision_recall_curve(labels, scores)
    finds = recall > 0
    predicted = part.predicted[:, 0]
    hits, found = int((predicted & labels).sum()), int(predicted.sum())
    once = average_precision(labels, scores, np.ones((1, len(labels))))
    weights = weigh_clips(part.groups, resamples, seed)
    drawn = None if weights is None else average_precision(labels, scores, weights)
    calling = len(set(part.groups[labels].tolist()))
    return PrecisionRecall(
        recall[finds],
        precision[finds],
        (hits / positives, hits / found) if found else None,
        float(once[0]),
        (None, None) if drawn is None else percentile_interval(drawn, calling),
        positives,
        len(labels),
    )


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often a species calls where a model says so with a given probability.

    Attributes
    ----------
    said, seen : np.ndarray [shape=(bins,)]
        Mean probability and share of positives in each bin that has clips.
    lower, upper : np.ndarray [shape=(bins,)]
        95 % interval of that share; NaN where the bin has clips of fewer than three groups, or of
        one kind only.
    clips : np.ndarray [shape=(bins,), dtype=int]
        In each bin that has any.
    ece
        Expected calibration error: their mean distance, by clips; None without clips.
    """

    said: np.ndarray
    seen: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    clips: np.ndarray
    ece: float | None


def measure_reliability(
    part: Scored, column: int, resamples: int, seed: int, bins: int = BINS
) -> Reliability:
    """Measure the reliability of the probabilities of one species (a column).

    Bins are equally wide; groups are resampled for the intervals.
    """
    part = part.about(column)
    labels, scores = part.labels[:, 0], part.scores[:, 0]
    if not len(labels):
        none = np.zeros(0)
        return Reliability(none, none, none, none, np.zeros(0, dtype=int), None)
    seen, said = calibration_curve(labels, scores, n_bins=bins)
    # As calibration_curve puts them.
    places = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], scores)
    filled, at = np.unique(places, return_inverse=True)
    clips = np.bincount(at)
    inside = at[:, None] == np.arange(len(filled))
    names = sorted(set(part.groups.tolist()))
    intervals: list[Interval] = [(None, None)] * len(filled)
    if len(names) > 1:
        draws = draw_groups(len(names), resamples, seed)
        counted = draws @ sums_by_group(part.groups, names, inside.astype(float))
        hits = draws @ sums_by_group(part.groups, names, (inside & labels[:, None]).astype(float))
        share = np.where(counted > 0, hits / np.maximum(counted, 1), np.nan)
        # A bin of clips of one kind does not tell how far it may vary.
        filling = [len(set(part.groups[rows].tolist())) for rows in inside.T]
        intervals = [
            percentile_interval(values, groups) if 0 < of < 1 else (None, None)
            for values, groups, of in zip(share.T, filling, seen, strict=True)
        ]
    lower, upper = np.array(intervals, dtype=float).T
    ece = float(np.abs(seen - said) @ clips / clips.sum())
    return Reliability(said, seen, lower, upper, clips, ece)


@dataclass(frozen=True, slots=True)
class PlaceScore:
    """F1 of one species in one hour of the night, or at one site.

    Attributes
    ----------
    place
        Number of the hour, counted from noon, or of the site.
    f1
        None without positives.
    interval
        95 %; without one where fewer than three groups have calls.
    positives, clips, recordings
        How many were scored.
    """

    place: int
    f1: float | None
    interval: Interval
    positives: int
    clips: int
    recordings: int


def score_places(
    folds: Sequence[Scored],
    subset: str,
    column: int,
    places: Sequence[np.ndarray],
    resamples: int,
    seed: int,
) -> list[PlaceScore]:
    """Score one species (a column) by the hour of the night or the site, over the folds of a model.

    Parameters
    ----------
    folds
        What each fold's model decided.
    subset
        `held_out`, which is pooled, or `test`, where F1 is the mean over folds.
    column
        Of the species.
    places
        Number of the hour or site of each clip of each fold; -1 where it is not known.
    resamples, seed
        Of the draws of groups.

    Returns
    -------
    list of PlaceScore
        One for each hour or site with clips, in order.
    """
    rows = []
    for place in sorted({int(each) for of in places for each in of} - {-1}):
        parts = [_only(fold, of == place, column) for fold, of in zip(folds, places, strict=True)]
        names = sorted({group for part in parts for group in part.groups})
        draws = np.concatenate([np.ones((1, len(names))), draw_groups(len(names), resamples, seed)])
        f1 = model_f1(parts, subset, names, draws)[:, 0]
        calling = {group for part in parts for group in part.groups[part.labels[:, 0]]}
        # The same clips are judged by each fold's model in the test part.
        once = parts if subset == HELD_OUT else parts[:1]
        rows.append(
            PlaceScore(
                place,
                None if np.isnan(f1[0]) else float(f1[0]),
                percentile_interval(f1[1:], len(calling)),
                sum(int(part.labels.sum()) for part in once),
                sum(len(part.labels) for part in once),
                len({name for part in once for name in part.recordings}),
            )
        )
    return rows


def _only(fold: Scored, rows: np.ndarray, column: int) -> Decisions:
    columns = slice(column, column + 1)
    rows = rows & fold.known[:, column]
    return Decisions(
        fold.recordings[rows],
        fold.groups[rows],
        fold.labels[rows, columns],
        fold.predicted[rows, columns],
    )
