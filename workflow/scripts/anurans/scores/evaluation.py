"""Thresholds, scores and their intervals, of one run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from anurans.annotations.labels import GRADES, RULES, Coverage, LabelRule, decide_all
from anurans.scores.intervals import (
    FEWEST,
    calling_groups,
    draw_groups,
    effective_groups,
    macro,
    percentile_interval,
    sums_by_group,
)
from anurans.scores.metrics import (
    average_precision_score,
    f1_of_sums,
    f1_score,
    precision_recall_curve,
    roc_auc_score,
)

HALF = 0.5


@dataclass(frozen=True, slots=True)
class Part:
    """Clips that are scored together.

    Attributes
    ----------
    labels : np.ndarray [shape=(n, species), dtype=bool]
    scores : np.ndarray [shape=(n, species)]
        Probabilities; NaN where there is none of a species, and the clip does not count for it.
    recordings, groups : np.ndarray [shape=(n,)]
        Of each clip; groups are what intervals resample.
    """

    labels: np.ndarray
    scores: np.ndarray
    recordings: np.ndarray
    groups: np.ndarray


def tune_threshold(labels: np.ndarray, scores: np.ndarray) -> float | None:
    """Find the threshold with the best F1.

    Parameters
    ----------
    labels : np.ndarray [shape=(n,), dtype=bool]
    scores : np.ndarray [shape=(n,)]

    Returns
    -------
    float or None
        Halfway between the score that it just lets in and the next lower one; of equally good
        ones the nearest to 0.5. None without positives.
    """
    if not labels.any():
        return None
    precision, recall, thresholds = precision_recall_curve(labels, scores)
    precision, recall = precision[:-1], recall[:-1]
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    lower = np.concatenate([[0.0], thresholds[:-1]])
    best = np.flatnonzero(f1 >= f1.max() - 1e-9)
    halfway = ((thresholds + lower) / 2)[best]
    return float(halfway[np.argmin(np.abs(halfway - HALF))])


def tune_thresholds(species: Sequence[str], clips: Part) -> list[dict[str, str | float | int]]:
    """Tune the threshold of each species on clips that heads did not learn from.

    Returns
    -------
    list of dict
        Rows with species, threshold, source (`tuned`, or `default` for 0.5 where there are no
        positives) and the number of positives.
    """
    rows: list[dict[str, str | float | int]] = []
    for column, name in enumerate(species):
        labels, scores = known(clips, column)
        threshold = tune_threshold(labels, scores)
        rows.append(
            {
                "species": name,
                "threshold": HALF if threshold is None else threshold,
                "source": "default" if threshold is None else "tuned",
                "positives": int(labels.sum()),
            }
        )
    return rows


def tune_apart(tuned_on: Part, part: Part, thresholds: Sequence[float]) -> np.ndarray:
    """Tune thresholds for clips that thresholds are tuned on, each without its own group.

    So that a part that thresholds come from can be judged by them. A threshold that was tuned on
    the very clips that it is judged on flatters: on 11 field minutes the F1 of a head by Adam was
    0.75 so, 0.58 with thresholds of other recordings, and 0.58 on recordings held out
    (benchmarks/validation_part.py).

    Parameters
    ----------
    tuned_on
        Clips that the run's thresholds were tuned on.
    part
        Clips to judge. Groups are those that intervals resample, or, of one such group,
        recordings.
    thresholds
        Of each species, tuned on all of `tuned_on`: used where no clip of another group is
        positive, and where `part` has one recording.

    Returns
    -------
    np.ndarray [shape=(n, species)]
        Threshold of each clip of `part` and species.
    """
    by = "groups" if len(set(part.groups)) > 1 else "recordings"
    mine, theirs = getattr(part, by), getattr(tuned_on, by)
    found = np.tile(np.asarray(thresholds, dtype=float), (len(part.labels), 1))
    for name in sorted(set(mine)) if len(set(mine)) > 1 else ():
        for column in range(found.shape[1]):
            of = (theirs != name) & ~np.isnan(tuned_on.scores[:, column])
            threshold = tune_threshold(tuned_on.labels[of, column], tuned_on.scores[of, column])
            if threshold is not None:
                found[mine == name, column] = threshold
    return found


def known(part: Part, column: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels and scores of a species, of the clips that have one."""
    scores = part.scores[:, column]
    has = ~np.isnan(scores)
    return part.labels[has, column], scores[has]


def score_part(
    species: Sequence[str], part: Part, thresholds: Sequence[float], resamples: int, seed: int
) -> dict[str, float | int | None]:
    """Score a part.

    Parameters
    ----------
    species
        Names, in the order of the columns.
    part
        The clips.
    thresholds
        Of each species, or of each clip and species [shape=(n, species)]; a score at or above it
        is positive.
    resamples, seed
        Of the interval of the macro F1.

    Returns
    -------
    dict
        The columns of `results/summary.csv` from `n_clips` on; None where undefined.
    """
    # F1 takes no notice of a clip that is neither positive nor called so.
    scores = np.asarray(part.scores, dtype=np.float64)
    part = replace(part, labels=part.labels & ~np.isnan(scores), scores=scores)
    positives = part.labels.sum(axis=0)
    predicted = part.scores >= np.asarray(thresholds)
    at_half = part.scores >= HALF
    row: dict[str, float | int | None] = {
        "n_clips": len(part.labels),
        "n_recordings": len(set(part.recordings)),
        "n_groups": len(set(part.groups)),
        "n_species": int((positives > 0).sum()),
    }
    for column, name in enumerate(species):
        truth = part.labels[:, column]
        has = ~np.isnan(part.scores[:, column])
        scored = score_species(truth[has], part.scores[has, column], predicted[has, column])
        row |= {f"{score}_{name}": value for score, value in scored.items()}
        row[f"positive_groups_{name}"] = len(set(part.groups[truth]))
        row[f"f1_at_half_{name}"] = f1_score(truth, at_half[:, column]) if truth.any() else None
    lower, upper = macro_f1_interval(part, predicted, resamples, seed)
    return row | {
        "f1_macro": _mean(row, "f1", species),
        "f1_micro": f1_score(part.labels.ravel(), predicted.ravel()) if positives.any() else None,
        "map": _mean(row, "ap", species),
        "f1_macro_lower": lower,
        "f1_macro_upper": upper,
        "f1_at_half_macro": _mean(row, "f1_at_half", species),
    }


def score_species(
    truth: np.ndarray, scores: np.ndarray, predicted: np.ndarray
) -> dict[str, float | int | None]:
    """Score one species.

    Parameters
    ----------
    truth, predicted : np.ndarray [shape=(n,), dtype=bool]
    scores : np.ndarray [shape=(n,)]

    Returns
    -------
    dict
        positives, f1, precision, recall, ap and auroc; None where undefined.
    """
    positives, called = int(truth.sum()), int(predicted.sum())
    hits = int((truth & predicted).sum())
    some, both = positives > 0, 0 < positives < len(truth)
    return {
        "positives": positives,
        "f1": f1_score(truth, predicted) if some else None,
        "precision": hits / called if called else None,
        "recall": hits / positives if some else None,
        "ap": float(average_precision_score(truth, scores)) if some else None,
        "auroc": float(roc_auc_score(truth, scores)) if both else None,
    }


def score_rules(
    species: Sequence[str],
    coverage: Mapping[str, Coverage],
    scores: np.ndarray,
    thresholds: Sequence[float] | np.ndarray,
    ambiguous: str,
) -> list[dict[str, str | float | int | None]]:
    """Score clips under each rule of labelling, and by grade.

    Thresholds stay those of the run: it is the same decisions that are judged.

    Parameters
    ----------
    species
        Names, in the order of the columns.
    coverage
        Of each species, one entry per clip.
    scores : np.ndarray [shape=(n, species)]
        Of the same clips; compared in double precision, as `score_part` does.
    thresholds
        Of each species, or of each clip and species [shape=(n, species)].
    ambiguous
        `negative` or `drop`, as `LabelRule` takes it.

    Returns
    -------
    list of dict
        A row for each rule, species and grade: `all`, or one of the best grades of positive clips;
        then it is those against all negative clips. Rows of the species `mean` average what is
        defined over species.
    """
    # NumPy would round a Python number to single precision, and saturated scores would pass it.
    scores = np.asarray(scores, dtype=np.float64)
    rows: list[dict[str, Any]] = []
    predicted = scores >= np.asarray(thresholds)
    for rule in RULES:
        labels, used = decide_all(coverage, LabelRule(rule, ambiguous=ambiguous))
        overall = []
        for column, name in enumerate(species):
            best = coverage[name].grade
            grades = [grade for grade in GRADES if (labels[:, column] & (best == grade)).any()]
            for grade in (None, *grades):
                of = used & ~np.isnan(scores[:, column])
                of &= ~labels[:, column] | (best == grade) | (grade is None)
                truth = labels[of, column]
                scored = score_species(truth, scores[of, column], predicted[of, column])
                shown = "all" if grade is None else grade or "ungraded"
                about = {"labelling": rule, "species": name, "grade": shown}
                rows.append(about | {"n_clips": len(truth)} | scored)
                if grade is None:
                    overall.append(rows[-1])
        mean: dict[str, Any] = {"labelling": rule, "species": "mean", "grade": "all"}
        mean["n_clips"] = int(used.sum())
        for score in ("f1", "precision", "recall", "ap", "auroc"):
            values = [row[score] for row in overall if row[score] is not None]
            mean[score] = float(np.mean(values)) if values else None
        rows.append(mean)
    return rows


def macro_f1_interval(
    part: Part, predicted: np.ndarray, resamples: int, seed: int
) -> tuple[float | None, float | None]:
    """95 % interval of the macro F1, by resampling groups.

    Groups are drawn with replacement, thresholds stay. A species without positives in a draw is
    left out of that draw's mean.

    Parameters
    ----------
    part
        The clips.
    predicted : np.ndarray [shape=(n, species), dtype=bool]
        Decisions at the thresholds.
    resamples
        Number of draws.
    seed
        Of the draws.

    Returns
    -------
    lower, upper
        None with fewer than three groups with positives, and where a species has some in one
        group alone.
    """
    names = sorted(set(part.groups))
    if len(names) < FEWEST or not part.labels.any():
        return None, None
    draws = draw_groups(len(names), resamples, seed)
    # F1 is 2 TP / (positives + predicted positives): sums over groups are all that it needs.
    calling = calling_groups([(part.labels, part.groups)], part.labels.shape[1])
    sums = [
        draws @ sums_by_group(part.groups, names, values)
        for values in (part.labels & predicted, part.labels, predicted)
    ]
    f1 = f1_of_sums(*sums)
    return percentile_interval(macro(f1), effective_groups(f1, calling))


def _mean(row: dict, score: str, species: Sequence[str]) -> float | None:
    values = [row[f"{score}_{name}"] for name in species]
    values = [value for value in values if value is not None]
    return float(np.mean(values)) if values else None
