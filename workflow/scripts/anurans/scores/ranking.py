"""Runs gathered to models, and the models in order of how good they are."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from anurans.networks.own_classes import OWN
from anurans.scores.comparison import MODEL
from anurans.splits.splits import HELD_OUT, TEST, VALIDATION

Row = Mapping[str, str]
Model = tuple[str, ...]
# Models that a figure of curves shows in one panel.
FEW = 3
CLIPS = {HELD_OUT: "held-out clips of all folds", TEST: "test clips"}


def gather_models(runs: Sequence[Sequence[Row]]) -> dict[Model, list[int]]:
    """Gather runs to models, in the order of their names.

    Parameters
    ----------
    runs
        Rows of the `metrics.tsv` of each run.

    Returns
    -------
    dict
        Places of the runs of each model (its values of `comparison.MODEL`), folds in order.
    """
    found: dict[Model, list[int]] = {}
    for at, rows in enumerate(runs):
        if rows:
            found.setdefault(tuple(rows[0][key] for key in MODEL), []).append(at)

    def fold(at: int) -> tuple[int, str]:
        name = runs[at][0]["fold"]
        return (int(name) if name.isdigit() else 0), name

    return {model: sorted(places, key=fold) for model, places in sorted(found.items())}


def places_of(named: Mapping[str, str], runs: Sequence[Sequence[Row]]) -> list[int]:
    """Places of the runs of one model, folds in order, by some of its values of `MODEL`."""
    models = gather_models(runs)
    return next(
        models[model]
        for model in models
        if named.items() <= dict(zip(MODEL, model, strict=True)).items()
    )


def mean_score(
    runs: Iterable[Sequence[Row]], subset: str, column: str = "f1_macro"
) -> float | None:
    """Mean of a score over those runs that have it in a part; None where none has."""
    rows = (row for run in runs for row in run)
    values = [float(row[column]) for row in rows if row["subset"] == subset and row[column]]
    return fmean(values) if values else None


def choosing_part(runs: Sequence[Sequence[Row]]) -> str:
    """Part to choose models by: held out, or validation where nothing is held out."""
    parts = {row["subset"] for run in runs for row in run}
    return HELD_OUT if HELD_OUT in parts else VALIDATION


def scored_part(runs: Sequence[Sequence[Row]]) -> str:
    """Part to show models on: held out, or test where nothing is held out."""
    parts = {row["subset"] for run in runs for row in run}
    return HELD_OUT if HELD_OUT in parts else TEST


def rank_models(runs: Sequence[Sequence[Row]], subset: str) -> list[Model]:
    """Models by mean macro F1 in a part over their folds, best first; undefined ones last.

    Behind all others stand those that are judged on fewer species (networks whose own classes lack
    one): a mean over the easy ones is no match. Equal ones stand in the order of their names.
    """
    models = gather_models(runs)
    judged: dict[tuple[str, str], int] = {}
    of = {model: [_judged(runs[at], subset) for at in models[model]] for model in models}
    for every in of.values():
        for part, species in every:
            judged[part] = max(species, judged.get(part, 0))

    def key(model: Model) -> tuple[bool, float, Model]:
        score = mean_score([runs[at] for at in models[model]], subset)
        fewer = any(species < judged[part] for part, species in of[model])
        return fewer, (1.0 if score is None else -score), model

    return sorted(models, key=key)


def _judged(rows: Sequence[Row], subset: str) -> tuple[tuple[str, str], int]:
    """Split and fold of a run, and how many species it is judged on in a part."""
    found = [int(row["n_species"]) for row in rows if row["subset"] == subset]
    return (rows[0]["split"], rows[0]["fold"]), sum(found)


def name_models(models: Sequence[Model]) -> dict[Model, str]:
    """Name models by what differs between them, or by the backbone where nothing does."""
    keys = [
        at
        for at, key in enumerate(MODEL)
        if key == "backbone" or (key != "weights" and len({model[at] for model in models}) > 1)
    ]
    names = {model: ", ".join(model[at] for at in keys) for model in models}
    if len(set(names.values())) < len(models):
        weights = MODEL.index("weights")
        names = {model: f"{names[model]} ({Path(model[weights]).name})" for model in models}
    return names


def few_best(
    runs: Sequence[Sequence[Row]], few: int = FEW
) -> tuple[dict[Model, list[int]], str, str]:
    """Choose the few best models of a split.

    Returns
    -------
    dict
        Places of the runs of each, best first.
    str
        Part that they are to be shown on.
    str
        What they are, in words: "the 3 best of 24 models by mean held-out F1".
    """
    models = gather_models(runs)
    judged, shown = choosing_part(runs), scored_part(runs)
    best = [
        model
        for model in rank_models(runs, judged)
        if any(row["subset"] == shown for at in models[model] for row in runs[at])
    ][:few]
    words = f"{len(models)} models" if len(models) != 1 else "1 model"
    if len(best) < len(models):
        by = "held-out" if judged == HELD_OUT else judged
        those = "the best" if len(best) == 1 else f"the {len(best)} best"
        words = f"{those} of {words} by mean {by} F1"
    return {model: models[model] for model in best}, shown, words


def choose_best(
    runs: Sequence[Sequence[Row]], of: Callable[[Model], Hashable]
) -> dict[Hashable, Model]:
    """The best model of each kind by its mean macro F1 on validation, which is never reported.

    Parameters
    ----------
    runs
        Rows of the `metrics.tsv` of each run.
    of
        Kind of a model.
    """
    best: dict[Hashable, Model] = {}
    for model in rank_models(runs, VALIDATION):
        best.setdefault(of(model), model)
    return best


def model_to_tell(runs: Sequence[Sequence[Row]]) -> tuple[Model, int]:
    """Choose the model that the report tells of: the best by validation that does not leak.

    As detection chooses, a network's own classes are left out: they are no head to listen with.
    Where every split leaks, or nothing but own classes is run, it is the best of these.

    Parameters
    ----------
    runs
        Rows of the `metrics.tsv` of each run.

    Returns
    -------
    tuple
        Its values of `MODEL`.
    int
        How many models it was chosen from.
    """
    recipe, leaks = MODEL.index("recipe"), MODEL.index("leaks")
    ranked = rank_models(runs, VALIDATION)
    ranked = [each for each in ranked if each[recipe] != OWN] or ranked
    best = min(ranked, key=lambda each: each[leaks] != "no")
    return best, sum(each[leaks] == best[leaks] for each in ranked)


def name_backbones(models: Sequence[Model]) -> dict[Model, str]:
    """Name the backbone of each model, and its split where there are several."""
    split, backbone = MODEL.index("split"), MODEL.index("backbone")
    several = len({model[split] for model in models}) > 1
    return {
        model: f"{model[backbone]}, {model[split]}" if several else model[backbone]
        for model in models
    }
