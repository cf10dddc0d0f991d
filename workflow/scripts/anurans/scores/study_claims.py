"""What the study claims, each claim against what its models do here."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import mean
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from anurans.scores.comparison import model_f1
from anurans.scores.intervals import draw_groups, macro, measure_difference
from anurans.scores.paired_differences import (
    JudgedRun,
    Model,
    Term,
    agrees,
    contrast,
    f1_terms,
    models_of,
    paired,
)
from anurans.scores.study_tables import largest
from anurans.splits.splits import TEST, TRAIN, VALIDATION

HYPOTHESES = (
    *("kind", "claim", "compared", "measure", "leaks", "n_pairs", "n_groups"),
    *("difference", "lower", "upper", "correlation", "agrees"),
)
HYPOTHESIS, FINDING = "hypothesis", "finding"
F1 = "macro F1 on the held-out parts, on test of a plain training"
GAP = "macro F1 on the originals trained on - on validation, at the tuned thresholds"
EPOCH = "epoch that was kept"
Settings = Mapping[str, Any]


def hypotheses(
    runs: Sequence[JudgedRun],
    recipes: Mapping[str, Settings],
    datasets: Mapping[str, Sequence[str]],
    resamples: int,
    seed: int,
) -> list[dict[str, Any]]:
    """Hold the study's hypotheses and findings against its models.

    Each is put so that a positive difference agrees with it. The mean is over pairs of models
    that differ in what is compared alone; the interval resamples groups (nights, else recordings),
    the same for both sides of all pairs.

    Parameters
    ----------
    runs
        All of the study.
    recipes
        Settings of each recipe.
    datasets
        Techniques of each dataset.
    resamples, seed
        Of the intervals.

    Returns
    -------
    list of dict
        With the columns of `HYPOTHESES`.
    """
    tuning, heads = models_of(runs, "stage1"), models_of(runs, "stage2", "stage3")
    return [
        *_about_layers(heads, recipes, datasets, resamples, seed),
        _about_size(heads, resamples, seed),
        *_about_rates(tuning, recipes, resamples, seed),
        *_about_datasets(heads, datasets, resamples, seed),
    ]


def gap_terms(pairs: Iterable[tuple[Model, Model]]) -> list[list[Term]]:
    """Terms of the difference in the gap between training and validation, a pair for each fold."""

    def seen(run: JudgedRun) -> str:
        return VALIDATION if VALIDATION in run.decisions else TEST

    return [
        [([a], TRAIN, 1), ([a], seen(a), -1), ([b], TRAIN, -1), ([b], seen(b), 1)]
        for one, other in pairs
        for a, b in zip(one.folds, other.folds, strict=True)
    ]


def _row(kind: str, claim: str, compared: str, measure: str, found: Settings) -> dict[str, Any]:
    about = {"kind": kind, "claim": claim, "compared": compared, "measure": measure}
    return {**about, **found} | {"agrees": agrees(found["lower"], found["upper"])}


def _about_layers(
    models: Sequence[Model],
    recipes: Mapping[str, Settings],
    datasets: Mapping[str, Sequence[str]],
    resamples: int,
    seed: int,
) -> Iterator[dict[str, Any]]:
    def layers(model: Model) -> int:
        return len(recipes[model.recipe]["layers"])

    def pairs(of: Sequence[Model]) -> list[tuple[Model, Model]]:
        return paired(of, layers, lambda m: (m.split, m.backbone, m.dataset), 2, 1)

    compared = "two hidden layers - one, same split, backbone and dataset (stages 2, 3)"
    found = contrast(f1_terms(pairs(models)), resamples, seed)
    yield _row(HYPOTHESIS, "more layers help", compared, F1, found)
    found = contrast(gap_terms(pairs(models)), resamples, seed)
    yield _row(HYPOTHESIS, "more layers overfit", f"{compared}, and fold", GAP, found)
    for techniques in (["original"], ["original", "time_mask"]):
        for name in (name for name, of in datasets.items() if list(of) == techniques):
            of = [model for model in models if model.dataset == name]
            found = contrast(f1_terms(pairs(of)), resamples, seed)
            claim = f"two layers are better on {name} data"
            yield _row(FINDING, claim, compared, F1, found)


def _about_size(models: Sequence[Model], resamples: int, seed: int) -> dict[str, Any]:
    sizes: dict[str, list[float]] = {}
    for model in models:
        sizes.setdefault(model.backbone, []).append(model.parameters)
    ranked = sorted(sizes, key=lambda backbone: (mean(sizes[backbone]), backbone))
    smallest, greatest = (ranked[0], ranked[-1]) if ranked else ("", "")
    pairs = paired(
        models,
        lambda model: model.backbone,
        lambda model: (model.split, model.dataset, model.recipe),
        smallest,
        greatest,
    )
    found = contrast(f1_terms(pairs if smallest != greatest else []), resamples, seed)
    found["correlation"] = rank_correlation([m.parameters for m in models], scores(models))
    compared = f"{smallest} - {greatest}, fewest and most weights with the same head (stages 2, 3)"
    return _row(HYPOTHESIS, "fewer parameters do better", compared, F1, found)


def _about_rates(
    models: Sequence[Model], recipes: Mapping[str, Settings], resamples: int, seed: int
) -> Iterator[dict[str, Any]]:
    def rate(model: Model) -> float:
        return recipes[model.recipe]["learning_rate"]

    def rest(model: Model) -> tuple[str, ...]:
        others = {k: v for k, v in recipes[model.recipe].items() if k != "learning_rate"}
        told = json.dumps(others, sort_keys=True)
        return (model.split, model.backbone, model.dataset, told)

    # Recipes without epochs have no learning rate.
    models = [model for model in models if "learning_rate" in recipes[model.recipe]]
    rates = sorted({rate(model) for model in models})
    low, high = (rates[0], rates[-1]) if rates else (0.0, 0.0)
    pairs = paired(models, rate, rest, low, high) if low != high else []
    compared = f"learning rate {low:g} - {high:g}, same backbone and regularisation (stage 1)"
    found = contrast(f1_terms(pairs), resamples, seed)
    found["correlation"] = rank_correlation([rate(model) for model in models], scores(models))
    yield _row(FINDING, "a lower learning rate gives a higher F1", compared, F1, found)
    differences = [epoch(one) - epoch(other) for one, other in pairs]
    found = resampled_mean(differences, resamples, seed) | {"leaks": found["leaks"]}
    found["correlation"] = rank_correlation(
        [rate(model) for model in models], [epoch(model) for model in models]
    )
    compared += "; the interval resamples pairs"
    yield _row(FINDING, "a lower learning rate converges later", compared, EPOCH, found)


def _about_datasets(
    models: Sequence[Model], datasets: Mapping[str, Sequence[str]], resamples: int, seed: int
) -> Iterator[dict[str, Any]]:
    combined = largest(datasets)
    for single in (name for name, techniques in datasets.items() if len(techniques) == 2):
        pairs = paired(
            models,
            lambda model: model.dataset,
            lambda model: (model.split, model.backbone, model.recipe),
            combined,
            single,
        )
        found = contrast(f1_terms(pairs if single != combined else []), resamples, seed)
        claim = f"{combined} beats {single}"
        compared = f"{combined} - {single}, same split, backbone and head (stages 2, 3)"
        yield _row(FINDING, claim, compared, F1, found)


def scores(models: Sequence[Model]) -> list[float]:
    """Macro F1 of each model over its folds."""
    found = []
    for model in models:
        parts = [run.decisions[model.part] for run in model.folds]
        names = sorted({group for part in parts for group in set(part.groups.tolist())})
        once = model_f1(parts, model.part, names, np.ones((1, len(names))))
        found.append(float(macro(once)[0]))
    return found


def rank_correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Spearman's correlation, ties sharing their mean rank; None where one side is constant."""
    constant = len(set(x)) < 2 or len(set(y)) < 2
    return None if constant else float(spearmanr(x, y).statistic)


def epoch(model: Model) -> float:
    """Epoch that was kept, the mean over folds."""
    return mean(run.best_epoch for run in model.folds if run.best_epoch is not None)


def resampled_mean(values: Sequence[float], resamples: int, seed: int) -> dict[str, Any]:
    """Mean of what no group stands behind, and its 95 % interval by resampling the values."""
    found: dict[str, Any] = {"n_pairs": len(values), "n_groups": None}
    if not values:
        return found | dict.fromkeys(("difference", "lower", "upper"))
    drawn = draw_groups(len(values), resamples, seed) @ np.array(values) / len(values)
    known = measure_difference(mean(values), drawn, len(values))
    return found | {"difference": known.value, "lower": known.lower, "upper": known.upper}
