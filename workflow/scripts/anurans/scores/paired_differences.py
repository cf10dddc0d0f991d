"""Pairs of models that differ in one thing, and the mean of their differences."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

import numpy as np

from anurans.scores.comparison import Decisions, calling_of, model_f1, read_decisions
from anurans.scores.intervals import (
    Difference,
    draw_groups,
    effective_groups,
    macro,
    measure_difference,
)
from anurans.scores.summary import LEAKS
from anurans.splits.splits import HELD_OUT, TEST


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """One run, and what it decided.

    Attributes
    ----------
    stages
        Experiments that it is part of.
    split, leaks, backbone, dataset, recipe
        What it is; `leaks` as in `anurans.scores.summary.LEAKS`.
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
    best_epoch: int | None
    parameters: int
    decisions: Mapping[str, Decisions]


# Folds of a model, the part that they are judged on, and whether that is added or subtracted.
Term = tuple[Sequence[JudgedRun], str, int]


@dataclass(frozen=True, slots=True)
class Model:
    """A model over its folds, and the part that it is judged on."""

    split: str
    backbone: str
    dataset: str
    recipe: str
    folds: tuple[JudgedRun, ...]
    part: str

    @property
    def parameters(self) -> float:
        """Weights of backbone and head."""
        return mean(run.parameters for run in self.folds)


def judged_run(
    metrics: Sequence[Mapping[str, str]],
    predictions: Iterable[Mapping[str, str]],
    experiments: Iterable[str],
    species: Sequence[str],
    roles: Sequence[str] = (HELD_OUT, TEST),
) -> JudgedRun | None:
    """Read a run from the rows of its metrics.tsv and predictions.tsv.

    Returns
    -------
    JudgedRun or None
        None where no part of it is scored, so that nothing tells what it is.
    """
    if not metrics:
        return None
    about = metrics[0]
    split, leaks, backbone, dataset, recipe = (
        about[key] for key in ("split", "leaks", "backbone", "dataset", "recipe")
    )
    return JudgedRun(
        tuple(experiments),
        *(split, leaks, backbone, dataset, recipe),
        int(about["best_epoch"]) if about["best_epoch"] else None,
        int(about["parameters_total"]),
        read_decisions(predictions, species, roles),
    )


def models_of(
    runs: Iterable[JudgedRun], *stages: str, parts: Sequence[str] = (HELD_OUT, TEST)
) -> list[Model]:
    """Gather the runs of some stages, or all, by model; judged on the first part that all have."""
    found: dict[tuple[str, str, str, str], list[JudgedRun]] = {}
    for run in runs:
        if not stages or set(stages) & set(run.stages):
            key = (run.split, run.backbone, run.dataset, run.recipe)
            found.setdefault(key, []).append(run)
    models = []
    for key, folds in sorted(found.items()):
        for part in parts:
            if all(part in run.decisions for run in folds):
                models.append(Model(*key, tuple(folds), part))
                break
    return models


def paired(
    models: Iterable[Model],
    value: Callable[[Model], Hashable],
    rest: Callable[[Model], Hashable],
    first: Hashable,
    second: Hashable,
) -> list[tuple[Model, Model]]:
    """Pairs of models with `first` and `second` as their value, that agree in the rest."""
    models = list(models)
    return [
        (one, other)
        for one in models
        if value(one) == first
        for other in models
        if value(other) == second and rest(other) == rest(one)
    ]


def f1_terms(pairs: Iterable[tuple[Model, Model]]) -> list[list[Term]]:
    """Terms of the difference in F1 of each pair."""
    return [[(one.folds, one.part, 1), (other.folds, other.part, -1)] for one, other in pairs]


def mean_difference(
    pairs: Sequence[Sequence[Term]], resamples: int, seed: int
) -> Difference | None:
    """Mean over pairs of a difference of macro F1; None without pairs.

    Parameters
    ----------
    pairs
        Of each pair the terms of its difference.
    resamples, seed
        Of the draws of groups, the same for all terms.
    """
    if not pairs:
        return None
    parts = [run.decisions[part] for terms in pairs for runs, part, _ in terms for run in runs]
    names = sorted({group for part in parts for group in set(part.groups.tolist())})
    draws = np.concatenate([np.ones((1, len(names))), draw_groups(len(names), resamples, seed)])
    macros, by_species = [], []
    for terms in pairs:
        f1 = [
            (sign, model_f1([run.decisions[part] for run in runs], part, names, draws))
            for runs, part, sign in terms
        ]
        macros.append(sum(sign * macro(each) for sign, each in f1))
        by_species.append(sum(sign * each for sign, each in f1))
    total = macro(np.array(macros).T)
    species = macro(np.moveaxis(np.array(by_species), 0, -1))
    calling = effective_groups(species[1:], calling_of(parts))
    return measure_difference(float(total[0]), total[1:], len(names), calling)


def contrast(pairs: Sequence[Sequence[Term]], resamples: int, seed: int) -> dict[str, Any]:
    """Mean over pairs of a difference of macro F1, with its 95 % interval, as a row.

    Parameters
    ----------
    pairs, resamples, seed
        As `mean_difference` takes them.

    Returns
    -------
    dict
        leaks, n_pairs, n_groups, difference, lower, upper; None where undefined.
    """
    leaks = leaks_of(run.leaks for terms in pairs for runs, _, _ in terms for run in runs)
    found = mean_difference(pairs, resamples, seed)
    return {
        "leaks": leaks,
        "n_pairs": len(pairs),
        "n_groups": found.groups if found else 0,
        "difference": found and found.value,
        "lower": found and found.lower,
        "upper": found and found.upper,
    }


def agrees(lower: float | None, upper: float | None) -> str:
    """Whether an interval of a difference that is claimed to be positive agrees with the claim."""
    if lower is None or upper is None:
        return ""
    return "yes" if lower > 0 else "no" if upper < 0 else "undecided"


def leaks_of(found: Iterable[str]) -> str:
    """What a row shows that several runs stand behind: the mark of any that leaks."""
    return next((mark for mark in found if mark != LEAKS[False]), LEAKS[False])
