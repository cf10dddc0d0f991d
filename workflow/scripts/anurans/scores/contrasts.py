"""Backbones, datasets and recipes against each other, corrected for how many are compared."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from statsmodels.stats.multitest import multipletests

from anurans.scores.intervals import LEVEL, Difference
from anurans.scores.paired_differences import (
    JudgedRun,
    Model,
    f1_terms,
    leaks_of,
    mean_difference,
    models_of,
    paired,
)
from anurans.splits.splits import HELD_OUT, TEST

COMPARISONS = (
    *("split", "leaks", "subset", "compared", "first", "second", "within", "n_pairs", "n_groups"),
    *("difference", "lower", "upper", "p", "p_holm", "n_comparisons", "detectable", "better"),
)
FACTORS = ("backbone", "dataset", "recipe")
# What a network takes, images or sound: of all backbones of a kind together.
KIND = "kind"
ALL = "all"
# What `better` says of a difference that is not there after the correction.
UNDECIDED = "not told apart"


def compare_models(
    runs: Sequence[JudgedRun],
    resamples: int,
    seed: int,
    kinds: Mapping[str, str] | None = None,
) -> list[dict[str, str | float | int | None]]:
    """Compare models that differ in their backbone, its kind, dataset or recipe alone.

    A model's score is the macro F1 on the test part, the mean over its folds' models (where a
    split has no test part, of its held-out parts, pooled). The same groups are drawn for both
    sides. Each question (which backbone, averaged over what else they share; which backbone with
    this dataset and recipe; ...) is a family of its own in each split, whose p-values are
    corrected together (Holm 1979, A simple sequentially rejective multiple test procedure,
    Scandinavian Journal of Statistics 6(2)). A network whose own classes lack a species is
    compared with none: means over other species are no match.

    Parameters
    ----------
    runs
        The runs, each with what it decided on these parts.
    resamples, seed
        Of the draws of groups.
    kinds
        What each backbone takes, `image` or `sound`, where kinds are to be compared too.

    Returns
    -------
    list of dict
        With the columns of `COMPARISONS`: `difference` is first - second, `lower` and `upper` its
        95 % interval before correction, `detectable` the smallest true difference that would be
        found, corrected, in 80 of 100 such test sets, `better` the better one after correction.
    """
    models = models_of(runs, parts=(TEST, HELD_OUT))
    rows: list[dict[str, str | float | int | None]] = []
    for split in sorted({model.split for model in models}):
        of = [model for model in models if model.split == split]
        for factor in (*FACTORS, *([KIND] if kinds else [])):
            families: dict[bool, list[tuple[dict[str, Any], Difference]]] = {True: [], False: []}
            for about, pairs in _questions(of, factor, kinds or {}):
                found = mean_difference(f1_terms(pairs), resamples, seed)
                if found is not None:  # which it is without pairs
                    families[about["within"] == ALL].append((about, found))
            for family in families.values():
                rows += _corrected(family)
    return rows


def _questions(
    models: Sequence[Model], factor: str, kinds: Mapping[str, str]
) -> Iterator[tuple[dict[str, Any], list[tuple[Model, Model]]]]:
    """Pairs of values of a factor: over all that they share, then within each of that."""
    varied = "backbone" if factor == KIND else factor
    others = [name for name in FACTORS if name != varied]

    def rest(model: Model) -> tuple[str, ...]:
        return (*(getattr(model, name) for name in others), model.part)

    def value(model: Model) -> str:
        return kinds[model.backbone] if factor == KIND else getattr(model, factor)

    told = _telling(models, others)
    for first, second in combinations(sorted({value(model) for model in models}), 2):
        pairs = [
            (one, other)
            for one, other in paired(models, value, rest, first, second)
            if _scored(one) == _scored(other)
        ]
        if not pairs:
            continue
        about = {
            "split": models[0].split,
            "leaks": leaks_of(run.leaks for pair in pairs for model in pair for run in model.folds),
            "subset": pairs[0][0].part,
            "compared": factor,
            "first": first,
            "second": second,
        }
        yield about | {"within": ALL, "n_pairs": len(pairs)}, pairs
        # Which backbones of two kinds differ, the comparison of backbones says.
        if len(pairs) > 1 and factor != KIND:
            for one, other in pairs:
                yield about | {"within": told(one), "n_pairs": 1}, [(one, other)]


def _scored(model: Model) -> tuple[bool, ...]:
    """Species that a model was judged on."""
    labels = [run.decisions[model.part].labels.any(axis=0) for run in model.folds]
    return tuple(np.any(labels, axis=0).tolist())


def _telling(models: Sequence[Model], names: Sequence[str]) -> Callable[[Model], str]:
    """Say what a model is by those of some factors that differ between models."""
    several = [name for name in names if len({getattr(model, name) for model in models}) > 1]
    return lambda model: ", ".join(f"{name} {getattr(model, name)}" for name in several)


def _corrected(
    family: Sequence[tuple[dict[str, Any], Difference]],
) -> Iterator[dict[str, str | float | int | None]]:
    """Rows of a family of comparisons, with Holm's correction over those that have a p-value."""
    tested = [found.p for _, found in family if found.p is not None]
    corrected = iter(multipletests(tested, alpha=1 - LEVEL, method="holm")[1] if tested else ())
    for about, found in family:
        p = None if found.p is None else float(next(corrected))
        better = ""
        if p is not None:
            better = about["first"] if found.value > 0 else about["second"]
            better = better if p < 1 - LEVEL else UNDECIDED
        yield about | {
            "n_groups": found.groups,
            "difference": found.value,
            "lower": found.lower,
            "upper": found.upper,
            "p": found.p,
            "p_holm": p,
            "n_comparisons": len(tested),
            "detectable": found.detectable(len(tested)) if tested else None,
            "better": better,
        }
