"""Models over all their folds, and how they compare."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from anurans.scores.intervals import (
    calling_groups,
    draw_groups,
    effective_groups,
    macro,
    measure_difference,
    percentile_interval,
    sums_by_group,
)
from anurans.scores.metrics import f1_of_sums
from anurans.splits.splits import HELD_OUT, TEST

MODEL = ("split", "leaks", "backbone", "weights", "dataset", "recipe", "labelling")
OPTIMISM = (
    *("backbone", "weights", "dataset", "recipe", "labelling", "subset"),
    *("split", "by", "leaky", "n_groups"),
    *("f1_macro", "f1_macro_leaky", "difference", "lower", "upper"),
)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What one fold's model decided on the clips of one part, and what was true.

    Attributes
    ----------
    recordings, groups : np.ndarray [shape=(n,)]
        Of each clip; groups are what intervals resample.
    labels, predicted : np.ndarray [shape=(n, species), dtype=bool]
    """

    recordings: np.ndarray
    groups: np.ndarray
    labels: np.ndarray
    predicted: np.ndarray


def read_decisions(
    rows: Iterable[Mapping[str, str]],
    species: Sequence[str],
    roles: Sequence[str] = (HELD_OUT, TEST),
) -> dict[str, Decisions]:
    """Read rows of `predictions.tsv`; one entry for each of these roles that has clips."""
    of: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        if row["role"] in roles and row["used"] == "1":
            of.setdefault(row["role"], []).append(row)

    def flag(row: Mapping[str, str], what: str, name: str) -> bool:
        # A model that knows nothing of a species has no score for it: as if none had called. Nor
        # does a clip count of which nobody knows whether it does.
        counts = row[f"score_{name}"] != "" and row[f"label_{name}"] != ""
        return counts and row[f"{what}_{name}"] == "1"

    def flags(part: list[Mapping[str, str]], what: str) -> np.ndarray:
        return np.array([[flag(row, what, name) for name in species] for row in part])

    return {
        role: Decisions(
            np.array([row["recording"] for row in part], dtype=object),
            np.array([row["group"] for row in part], dtype=object),
            flags(part, "label"),
            flags(part, "predicted"),
        )
        for role, part in of.items()
    }


def model_f1(
    folds: Sequence[Decisions], subset: str, names: Sequence[str], draws: np.ndarray
) -> np.ndarray:
    """F1 of a model over its folds, in each draw of the groups.

    Held-out parts are pooled: each clip is judged once, by the fold that never saw it, and F1 is
    that of all decisions together (Forman & Scholz 2010, Apples-to-apples in cross-validation
    studies, SIGKDD Explorations 12(1)). On the test part, which every fold's model judges, it is
    the mean over these.

    Parameters
    ----------
    folds
        Decisions of each fold's model.
    subset
        `held_out` or `test`.
    names
        Groups, sorted.
    draws : np.ndarray [shape=(resamples, groups)]
        How often each group counts.

    Returns
    -------
    np.ndarray [shape=(resamples, species)]
        NaN where a species has no positives.
    """
    sums = np.array(
        [
            sums_by_group(
                fold.groups,
                names,
                np.stack([fold.labels & fold.predicted, fold.labels, fold.predicted], axis=1),
            )
            for fold in folds
        ]
    )
    # [3, folds, groups, species]
    sums = np.moveaxis(sums, 2, 0)
    if subset == HELD_OUT:
        sums = sums.sum(axis=1, keepdims=True)
    hits, positives, predicted = draws @ sums
    # Positives of the test part are the same for each fold, so that all are NaN or none.
    return f1_of_sums(hits, positives, predicted).mean(axis=0)


def f1_intervals(
    folds: Sequence[Decisions], subset: str, resamples: int, seed: int
) -> list[list[float | None]]:
    """F1 of each species and, last, their mean, over the folds of a model.

    Parameters
    ----------
    folds, subset
        As `model_f1` takes them.
    resamples, seed
        Of the draws of groups.

    Returns
    -------
    list of list
        Value, and the ends of its 95 % interval; None where undefined.
    """
    names = sorted({group for fold in folds for group in fold.groups})
    draws = np.concatenate([np.ones((1, len(names))), draw_groups(len(names), resamples, seed)])
    f1 = model_f1(folds, subset, names, draws)
    calling = calling_of(folds)
    rests = (*calling.tolist(), effective_groups(f1[1:], calling))
    values = []
    for column, on in zip((*f1.T, macro(f1)), rests, strict=True):
        once = None if np.isnan(column[0]) else float(column[0])
        values.append([once, *percentile_interval(column[1:], on)])
    return values


def calling_of(folds: Iterable[Decisions]) -> np.ndarray:
    """Groups with calls of each species, of all folds together."""
    parts = [(fold.labels, fold.groups) for fold in folds]
    return calling_groups(parts, parts[0][0].shape[1])


def score_model(
    folds: Sequence[Decisions], subset: str, species: Sequence[str], resamples: int, seed: int
) -> dict[str, float | int | None]:
    """Score a model over its folds.

    Returns
    -------
    dict
        folds, n_clips, n_recordings, n_groups, `f1_<species>`, f1_macro, and its 95 % interval
        `f1_macro_lower`, `f1_macro_upper`; None where undefined.
    """
    names = sorted({group for fold in folds for group in fold.groups})
    once = model_f1(folds, subset, names, np.ones((1, len(names))))
    drawn = model_f1(folds, subset, names, draw_groups(len(names), resamples, seed))
    lower, upper = percentile_interval(macro(drawn), effective_groups(drawn, calling_of(folds)))
    clips = sum(len(fold.labels) for fold in folds)
    return {
        "folds": len(folds),
        "n_clips": clips if subset == HELD_OUT else clips // len(folds),
        "n_recordings": len({name for fold in folds for name in fold.recordings}),
        "n_groups": len(names),
        **{f"f1_{name}": value for name, value in zip(species, once[0].tolist(), strict=True)},
        "f1_macro": float(macro(once)[0]),
        "f1_macro_lower": lower,
        "f1_macro_upper": upper,
    }


def score_optimism(
    leaky: Sequence[Decisions],
    honest: Sequence[Decisions],
    subset: str,
    resamples: int,
    seed: int,
) -> dict[str, float | int | None]:
    """Tell by how much a leaky split flatters a model.

    The same groups are drawn for both, so that the interval is that of the paired difference. Of
    held-out parts those recordings count that both judge: either split may have a test part of its
    own.

    Parameters
    ----------
    leaky, honest
        Decisions of each fold's model under either split.
    subset
        `held_out` or `test`.
    resamples, seed
        Of the draws.

    Returns
    -------
    dict
        n_groups, f1_macro, f1_macro_leaky, difference (leaky - honest), lower, upper.
    """
    if subset == HELD_OUT:
        leaky, honest = _in_common(leaky, honest)
    leaky = [_regrouped(fold, honest) for fold in leaky]
    names = sorted({group for fold in (*leaky, *honest) for group in fold.groups})
    draws = np.concatenate([np.ones((1, len(names))), draw_groups(len(names), resamples, seed)])
    f1 = [model_f1(folds, subset, names, draws) for folds in (leaky, honest)]
    scores = [macro(each) for each in f1]
    difference = scores[0] - scores[1]
    calling = effective_groups((f1[0] - f1[1])[1:], calling_of([*leaky, *honest]))
    known = measure_difference(float(difference[0]), difference[1:], len(names), calling)
    return {
        "n_groups": len(names),
        "f1_macro": float(scores[1][0]),
        "f1_macro_leaky": float(scores[0][0]),
        "difference": known.value,
        "lower": known.lower,
        "upper": known.upper,
    }


def _in_common(
    one: Sequence[Decisions], other: Sequence[Decisions]
) -> tuple[list[Decisions], list[Decisions]]:
    """Decisions about recordings that both have decisions about; all where there is none."""
    heard = [{name for fold in of for name in fold.recordings} for of in (one, other)]
    shared = heard[0] & heard[1]
    if not shared:
        return list(one), list(other)

    def only(fold: Decisions) -> Decisions:
        rows = np.array([name in shared for name in fold.recordings], dtype=bool)
        return Decisions(
            fold.recordings[rows], fold.groups[rows], fold.labels[rows], fold.predicted[rows]
        )

    return [only(fold) for fold in one], [only(fold) for fold in other]


def _regrouped(fold: Decisions, others: Sequence[Decisions]) -> Decisions:
    """Decisions with the groups that others have for the same recordings: splits may differ."""
    of = {
        recording: group
        for other in others
        for recording, group in zip(other.recordings, other.groups, strict=True)
    }
    pairs = zip(fold.recordings, fold.groups, strict=True)
    groups = np.array([of.get(recording, group) for recording, group in pairs], dtype=object)
    return replace(fold, groups=groups)
