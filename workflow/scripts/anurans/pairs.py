"""Pairs of models of the study that differ in one thing, and the mean of their differences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

import numpy as np

from anurans.comparison import Decisions, model_f1
from anurans.intervals import draw_groups, macro, percentile_interval
from anurans.splits import HELD_OUT, TEST
from anurans.summary import LEAKS


@dataclass(frozen=True, slots=True)
class StudyRun:
    """One run of the study, and what it decided.

    Attributes
    ----------
    stages
        Experiments that it is part of.
    split, leaks, backbone, dataset, recipe
        What it is; `leaks` as in `anurans.summary.LEAKS`.
    best_epoch, parameters
        Epoch that was kept; weights of backbone and head.
    decisions
        By role: train (originals), validation, held_out, test.
    """

    stages: tuple[str, ...]
    split: str
    leaks: str
    backbone: str
    dataset: str
    recipe: str
    best_epoch: int
    parameters: int
    decisions: Mapping[str, Decisions]


# Folds of a model, the part that they are judged on, and whether that is added or subtracted.
Term = tuple[Sequence[StudyRun], str, int]


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the study over its folds, and the part that it is judged on."""

    split: str
    backbone: str
    dataset: str
    recipe: str
    folds: tuple[StudyRun, ...]
    part: str

    @property
    def parameters(self) -> float:
        """Weights of backbone and head."""
        return mean(run.parameters for run in self.folds)


def models_of(runs: Iterable[StudyRun], *stages: str) -> list[Model]:
    """Gather the runs of some stages by model; judged on held-out parts where all have one."""
    found: dict[tuple[str, ...], list[StudyRun]] = {}
    for run in runs:
        if set(stages) & set(run.stages):
            key = (run.split, run.backbone, run.dataset, run.recipe)
            found.setdefault(key, []).append(run)
    models = []
    for key, folds in sorted(found.items()):
        for part in (HELD_OUT, TEST):
            if all(part in run.decisions for run in folds):
                models.append(Model(*key, tuple(folds), part))
                break
    return models


def contrast(pairs: Sequence[Sequence[Term]], resamples: int, seed: int) -> dict[str, Any]:
    """Mean over pairs of a difference of macro F1, with its 95 % interval.

    Parameters
    ----------
    pairs
        Of each pair the terms of its difference.
    resamples, seed
        Of the draws of groups, the same for all terms.

    Returns
    -------
    dict
        leaks, n_pairs, n_groups, difference, lower, upper; None where undefined.
    """
    leaks = leaks_of(run.leaks for terms in pairs for runs, _, _ in terms for run in runs)
    parts = [run.decisions[part] for terms in pairs for runs, part, _ in terms for run in runs]
    names = sorted({group for part in parts for group in set(part.groups.tolist())})
    found: dict[str, Any] = {"leaks": leaks, "n_pairs": len(pairs), "n_groups": len(names)}
    if not pairs:
        return found | dict.fromkeys(("difference", "lower", "upper"))
    draws = np.concatenate([np.ones((1, len(names))), draw_groups(len(names), resamples, seed)])
    differences = np.array(
        [
            sum(
                sign * macro(model_f1([run.decisions[part] for run in runs], part, names, draws))
                for runs, part, sign in terms
            )
            for terms in pairs
        ]
    )
    total = macro(differences.T)
    lower, upper = percentile_interval(total[1:]) if len(names) > 1 else (None, None)
    return found | {"difference": float(total[0]), "lower": lower, "upper": upper}


def rank_correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Spearman's correlation, ties sharing their mean rank; None where one side is constant."""
    if len(set(x)) < 2 or len(set(y)) < 2:
        return None

    def ranks(values: Sequence[float]) -> np.ndarray:
        _, of, counts = np.unique(values, return_inverse=True, return_counts=True)
        return (np.cumsum(counts) - (counts - 1) / 2)[of]

    return float(np.corrcoef(ranks(x), ranks(y))[0, 1])


def agrees(lower: float | None, upper: float | None) -> str:
    """Whether an interval of a difference that is claimed to be positive agrees with the claim."""
    if lower is None or upper is None:
        return ""
    return "yes" if lower > 0 else "no" if upper < 0 else "undecided"


def leaks_of(found: Iterable[str]) -> str:
    """What a row shows that several runs stand behind: the mark of any that leaks."""
    return next((mark for mark in found if mark != LEAKS[False]), LEAKS[False])
