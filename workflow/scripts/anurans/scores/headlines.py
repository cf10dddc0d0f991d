"""Every score of a model that people quote, with its interval and what that rests on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from anurans.scores.comparison import MODEL
from anurans.scores.curves import Scored, pool
from anurans.scores.evaluation import HALF
from anurans.scores.intervals import (
    FEW_GROUPS,
    FEWEST,
    LEVEL,
    calling_groups,
    draw_groups,
    effective_groups,
    macro,
    percentile_interval,
    sums_by_group,
)
from anurans.scores.metrics import average_precision, f1_of_sums
from anurans.splits.splits import HELD_OUT

# `f1_at_half` is F1 with a threshold of 0.5; `ap_pooled` ranks the clips of all folds together.
SCORES = ("f1", "precision", "recall", "ap", "f1_at_half", "ap_pooled")
# Of the means over species: columns of results/tables/models.csv.
MODEL_SCORES = {"ap": "map", "f1_at_half": "f1_at_half_macro", "ap_pooled": "map_pooled"}
MEAN = "mean"
MODEL_COLUMNS = [f"{n}{end}" for n in MODEL_SCORES.values() for end in ("", "_lower", "_upper")]
INTERVALS = (
    *(*MODEL, "subset", "score", "species", "value", "lower", "upper"),
    *("n_groups", "positive_groups", "resamples", "note"),
)


def score_headlines(
    folds: Sequence[Scored], subset: str, species: Sequence[str], resamples: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Score a model over its folds: F1, precision, recall and average precision.

    Probabilities that mean the same in each fold rank the clips of all folds together as well as
    those of one: where pooled average precision is far below the mean over folds, they do not.

    Groups are drawn with replacement, thresholds stay. F1, precision and recall are as
    `comparison.model_f1` has them: of all held-out decisions together, or the mean over the folds'
    models on test. Average precision is the mean over folds in both, since scores of
    different models are not to be ranked together.

    Parameters
    ----------
    folds
        What each fold's model said and decided.
    subset
        `held_out` or `test`.
    species
        Names, in the order of the columns.
    resamples, seed
        Of the draws.

    Yields
    ------
    dict
        A row for each score and species, and their `mean`: value, its 95 % interval, n_groups,
        positive_groups (of the mean: the fewest of a species that has any), resamples (draws in
        which it is defined), note.
    """
    names = sorted({group for fold in folds for group in fold.groups})
    draws = np.concatenate([np.ones((1, len(names))), draw_groups(len(names), resamples, seed)])
    calling = calling_groups([(fold.labels, fold.groups) for fold in folds], len(species))
    fewest = int(calling[calling > 0].min(initial=len(names))) if calling.any() else 0
    for score, values in _scores(folds, subset, names, draws).items():
        counts = calling.tolist()
        rests = (*counts, effective_groups(values[1:], calling))
        for name, drawn, groups, on in zip(
            (*species, MEAN), (*values.T, macro(values)), (*counts, fewest), rests, strict=True
        ):
            lower, upper = percentile_interval(drawn[1:], on)
            yield {
                "score": score,
                "species": name,
                "value": float(drawn[0]),
                "lower": lower,
                "upper": upper,
                "n_groups": len(names),
                "positive_groups": groups,
                "resamples": int((~np.isnan(drawn[1:])).sum()),
                "note": _note(groups, on),
            }


def score_means(
    folds: Sequence[Scored], subset: str, species: Sequence[str], resamples: int, seed: int
) -> dict[str, float | None]:
    """Scores of a model over its folds that are means over species, each with its interval.

    Parameters are those of `score_headlines`.

    Returns
    -------
    dict
        The columns of `MODEL_COLUMNS`.
    """
    found: dict[str, float | None] = {}
    for row in score_headlines(folds, subset, species, resamples, seed):
        if row["species"] == MEAN and row["score"] in MODEL_SCORES:
            name = MODEL_SCORES[row["score"]]
            values = (row["value"], row["lower"], row["upper"])
            found |= dict(zip((name, f"{name}_lower", f"{name}_upper"), values, strict=True))
    return found


def _note(groups: int, on: float) -> str:
    """What to know of an interval whose positives are in that many groups, and rests on so many."""
    if not groups:
        return "no positives"
    if on < FEWEST:
        return f"no interval: positives in {groups} group{'s' * (groups > 1)}, {FEWEST} are needed"
    if groups >= FEW_GROUPS:
        return ""
    # No draw is lower or higher than the lowest or highest group, between which the median of all
    # groups lies in 1 - 2^(1-n) of samples of n: the order statistics' interval of the sign test.
    held = 1 - 2 ** (1 - groups)
    most = f"; {groups} cannot give 95 %, at most {100 * held:.0f} %" if held < LEVEL else ""
    return f"rough: positives in fewer than {FEW_GROUPS} groups{most}"


def _scores(
    folds: Sequence[Scored], subset: str, names: Sequence[str], draws: np.ndarray
) -> dict[str, np.ndarray]:
    """Each score in each draw [shape=(draws, species)]."""
    hits, positives, predicted = _counts(folds, subset, names, draws)
    halves = [replace(fold, predicted=fold.scores >= HALF) for fold in folds]
    found = {
        "f1": f1_of_sums(hits, positives, predicted),
        "precision": np.where(predicted > 0, hits / np.maximum(predicted, 1), np.nan),
        "recall": np.where(positives > 0, hits / np.maximum(positives, 1), np.nan),
        "ap": np.array([_precisions(fold, names, draws) for fold in folds]),
        "f1_at_half": f1_of_sums(*_counts(halves, subset, names, draws)),
        "ap_pooled": _precisions(pool(folds), names, draws)[None],
    }
    return {score: macro(np.moveaxis(values, 0, -1)) for score, values in found.items()}


def _counts(
    folds: Sequence[Scored], subset: str, names: Sequence[str], draws: np.ndarray
) -> np.ndarray:
    """Hits, positives and decisions [shape=(3, folds, draws, species)]; of all held-out at once."""
    kinds = [(fold.labels & fold.predicted, fold.labels, fold.predicted) for fold in folds]
    sums = [
        sums_by_group(fold.groups, names, np.stack(kind, axis=1))
        for fold, kind in zip(folds, kinds, strict=True)
    ]
    counts = np.moveaxis(np.array(sums), 2, 0)  # [3, folds, groups, species]
    if subset == HELD_OUT:
        counts = counts.sum(axis=1, keepdims=True)
    return draws @ counts


def _precisions(fold: Scored, names: Sequence[str], draws: np.ndarray) -> np.ndarray:
    """Average precision of each species in each draw [shape=(draws, species)]."""
    row = {name: number for number, name in enumerate(names)}
    weights = draws[:, [row[group] for group in fold.groups.tolist()]]
    found = []
    for labels, scores, known in zip(fold.labels.T, fold.scores.T, fold.known.T, strict=True):
        found.append(average_precision(labels[known], scores[known], weights[:, known]))
    return np.stack(found, axis=1)
