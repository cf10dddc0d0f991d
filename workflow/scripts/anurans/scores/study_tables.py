"""The study's tables beside ours: published values, and the tables that answer them.

The study is De Valdenebro and Hernandez Mera, Performance evaluation of multi-label
classification models for the automated classification of anuran calls in audio recordings.
"""

from collections.abc import Iterable, Mapping, Sequence
from statistics import mean, median, stdev
from typing import Any

from anurans.heads.recipes import LOGISTIC
from anurans.scores.paired_differences import leaks_of
from anurans.splits.splits import HELD_OUT, TEST, VALIDATION

Row = Mapping[str, Any]

# Table I of the study: F1 of the best model of each backbone in stage 1, and its settings as they
# stand there.
PUBLISHED_TABLE1 = {
    "MobileNet": (0.680, "L2, lr_00001"),
    "ResNet50": (0.567, "L2, lr_0001"),
    "InceptionV3": (0.579, "L2, lr_00001"),
    "DenseNet121": (0.598, "L2, lr_0001"),
}
# Table II of the study: median (printed in percent) and standard deviation of F1 over the
# cross-validation on the combined dataset.
PUBLISHED_TABLE2 = {
    "MobileNet": (0.66, 0.149756441),
    "DenseNet121": (0.65, 0.147942536),
    "InceptionV3": (0.67, 0.15302091),
    "ResNet50": (0.54, 0.219188461),
}
# The study's best model: mean F1, and what its standard deviation is at most.
PUBLISHED_BEST = (0.81, 0.039)

TABLE1 = (
    *("backbone", "architecture", "split", "by", "leaks", "dataset", "recipe"),
    *("n_recipes", "chosen_on"),
    *("learning_rate", "regularisation", "batch_size", "epochs", "best_epoch"),
    *("f1_validation", "f1_test", "f1_test_lower", "f1_test_upper", "f1_at_half_test"),
    *("published_f1", "published_settings"),
)
TABLE2 = (
    *("backbone", "architecture", "split", "by", "leaks", "dataset", "n", "n_undefined"),
    *("f1_median", "f1_deviation", "f1_at_half_median", "f1_at_half_deviation"),
    *("published_median", "published_deviation"),
)
TABLE2_ALL = (
    *("backbone", "recipe", "dataset", "splits", "leaks", "metric", "n", "n_undefined"),
    *("mean", "deviation", "published_mean", "published_deviation"),
)
OF_SPECIES = ("f1", "precision", "recall", "ap", "auroc", "f1_at_half")
OF_ALL = ("f1_macro", "f1_micro", "map", "f1_at_half_macro")
ALL_HEADS = "all heads"


def table1(
    rows: Iterable[Row],
    recipes: Mapping[str, Row],
    architectures: Mapping[str, str],
    by: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Best model of each backbone: chosen on validation, reported on test.

    Parameters
    ----------
    rows
        Of metrics.tsv of the runs of stage 1.
    recipes
        Settings of each recipe.
    architectures
        Of each backbone.
    by
        What each split keeps together.

    Returns
    -------
    list of dict
        With the columns of `TABLE1`, a row for each split, dataset and backbone. Where a model has
        folds, all is the mean over them, but the interval, which then is left out. A split that
        validates on its test part, as the study's, has no other to choose on.
    """
    models: dict[tuple, dict[tuple, dict[str, list[Row]]]] = {}
    for row in rows:
        of = models.setdefault((row["split"], row["dataset"], row["backbone"]), {})
        of.setdefault((row["recipe"],), {}).setdefault(row["subset"], []).append(row)
    table = []
    for (split, dataset, backbone), tried in sorted(models.items()):
        chosen_on = VALIDATION if any(VALIDATION in of for of in tried.values()) else TEST
        scores = {recipe: _mean(of.get(chosen_on, ()), "f1_macro") for recipe, of in tried.items()}
        # Of equals the first by name, so that the choice does not hang on the order of the rows.
        chosen = max(sorted(tried), key=lambda recipe: _or_least(scores[recipe]))
        validation, test = (tried[chosen].get(part, []) for part in (VALIDATION, TEST))
        looked_at = tried[chosen][chosen_on]
        settings = recipes[chosen[0]]
        published = PUBLISHED_TABLE1.get(architectures[backbone], (None, ""))
        interval = test[0] if len(test) == 1 else {}
        table.append(
            {
                "backbone": backbone,
                "architecture": architectures[backbone],
                "split": split,
                "by": by[split],
                "leaks": looked_at[0]["leaks"],
                "dataset": dataset,
                "recipe": chosen[0],
                "n_recipes": len(tried),
                "chosen_on": chosen_on,
                "learning_rate": _shown(settings.get("learning_rate")),
                "regularisation": regularisation(settings),
                "batch_size": settings.get("batch_size"),
                "epochs": _count(looked_at, "epochs"),
                "best_epoch": _count(looked_at, "best_epoch"),
                "f1_validation": _mean(validation, "f1_macro"),
                "f1_test": _mean(test, "f1_macro"),
                "f1_test_lower": interval.get("f1_macro_lower"),
                "f1_test_upper": interval.get("f1_macro_upper"),
                "f1_at_half_test": _mean(test, "f1_at_half_macro"),
                "published_f1": published[0],
                "published_settings": published[1],
            }
        )
    return table


def regularisation(settings: Row) -> str:
    """Name the regularisation of a recipe's output layer: `none`, `L2 0.01`."""
    if settings["solver"] == LOGISTIC:
        return "L2, chosen"
    named = [f"{key.upper()} {settings[key]:g}" for key in ("l1", "l2") if settings[key]]
    return " + ".join(named) or "none"


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def largest(datasets: Mapping[str, Sequence[str]]) -> str:
    """Name of the combined dataset: that of the most techniques, the first of equals."""
    return max(datasets, key=lambda name: len(datasets[name]))


def table2(
    rows: Iterable[Row],
    species: Sequence[str],
    dataset: str,
    architectures: Mapping[str, str],
    by: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Median and standard deviation of F1 over heads, folds and species, of held-out parts.

    Parameters
    ----------
    rows
        Of metrics.tsv of the runs of stage 3.
    species
        Codes.
    dataset
        The combined dataset.
    architectures, by
        As `table1` takes them.

    Returns
    -------
    list of dict
        With the columns of `TABLE2`, a row for each cross-validated split and backbone.
    """
    models: dict[tuple, list[Row]] = {}
    for row in rows:
        if row["subset"] == HELD_OUT and row["dataset"] == dataset:
            models.setdefault((row["split"], row["backbone"]), []).append(row)
    table = []
    for (split, backbone), of in sorted(models.items()):
        tuned, half = (_values(of, [f"{f1}_{s}" for s in species]) for f1 in ("f1", "f1_at_half"))
        published = PUBLISHED_TABLE2.get(architectures[backbone], (None, None))
        table.append(
            {
                "backbone": backbone,
                "architecture": architectures[backbone],
                "split": split,
                "by": by[split],
                "leaks": of[0]["leaks"],
                "dataset": dataset,
                "n": len(tuned),
                "n_undefined": len(of) * len(species) - len(tuned),
                "f1_median": median(tuned) if tuned else None,
                "f1_deviation": _deviation(tuned),
                "f1_at_half_median": median(half) if half else None,
                "f1_at_half_deviation": _deviation(half),
                "published_median": published[0],
                "published_deviation": published[1],
            }
        )
    return table


def table2_all(
    rows: Iterable[Row], species: Sequence[str], dataset: str, by: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Mean and standard deviation of every metric, plain and cross-validated trainings together.

    Parameters
    ----------
    rows
        Of metrics.tsv of the runs of stage 3; of a plain training the test part counts, of a
        fold's model the held-out part.
    species, dataset, by
        As `table2` takes them.

    Returns
    -------
    list of dict
        With the columns of `TABLE2_ALL`: rows of each backbone over all its heads, then of the best
        model, chosen by the mean macro F1 of the validation parts (the test parts, where all splits
        validate on these).
    """
    rows = [row for row in rows if row["dataset"] == dataset]
    judged = [row for row in rows if row["subset"] == (TEST if row["fold"] == "all" else HELD_OUT)]
    models = sorted({(row["backbone"], row["recipe"]) for row in rows})
    chosen: dict[tuple[str, str], list[Row]] = {}
    for backbone in sorted({backbone for backbone, _ in models}):
        chosen[backbone, ALL_HEADS] = [row for row in judged if row["backbone"] == backbone]

    chosen_on = VALIDATION if any(row["subset"] == VALIDATION for row in rows) else TEST

    def looked_at(model: tuple[str, str]) -> float:
        of = (row for row in rows if (row["backbone"], row["recipe"]) == model)
        return _or_least(_mean([row for row in of if row["subset"] == chosen_on], "f1_macro"))

    if models:
        best = max(models, key=looked_at)
        chosen[best] = [row for row in judged if (row["backbone"], row["recipe"]) == best]
    table = []
    for (backbone, recipe), of in chosen.items():
        splits = ", ".join(f"{name} (by {by[name]})" for name in sorted({r["split"] for r in of}))
        of_species = {metric: [f"{metric}_{name}" for name in species] for metric in OF_SPECIES}
        for metric, columns in (of_species | {metric: [metric] for metric in OF_ALL}).items():
            values = _values(of, columns)
            # The published mean is of the mean over species.
            published = metric == "f1_macro" and recipe != ALL_HEADS
            table.append(
                {
                    "backbone": backbone,
                    "recipe": recipe,
                    "dataset": dataset,
                    "splits": splits,
                    "leaks": leaks_of(row["leaks"] for row in of),
                    "metric": metric,
                    "n": len(values),
                    "n_undefined": len(of) * len(columns) - len(values),
                    "mean": mean(values) if values else None,
                    "deviation": _deviation(values),
                    "published_mean": PUBLISHED_BEST[0] if published else None,
                    "published_deviation": f"<= {PUBLISHED_BEST[1]}" if published else "",
                }
            )
    return table


def _values(rows: Iterable[Row], columns: Sequence[str]) -> list[float]:
    return [float(row[column]) for row in rows for column in columns if row[column]]


def _mean(rows: Iterable[Row], column: str) -> float | None:
    values = _values(rows, [column])
    return mean(values) if values else None


def _or_least(value: float | None) -> float:
    return -1.0 if value is None else value


def _deviation(values: Sequence[float]) -> float | None:
    return stdev(values) if len(values) > 1 else None


def _count(rows: Sequence[Row], column: str) -> int | float | None:
    """Mean of a count; a whole number of one row."""
    return int(rows[0][column]) if len(rows) == 1 else _mean(rows, column)
