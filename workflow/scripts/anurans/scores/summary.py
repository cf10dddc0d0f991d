"""The table of scores: its columns, and a short form of it to be read in a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import mean, stdev

from anurans.common.markup import aligned

KEYS = (
    "experiments",
    "split",
    "leaks",
    "backbone",
    "weights",
    "dataset",
    "recipe",
    "fold",
    "labelling",
    "subset",
)
# Columns of labelling.tsv and results/tables/labelling.csv.
LABELLING = (
    *("split", "leaks", "backbone", "weights", "dataset", "recipe", "fold", "subset"),
    *("labelling", "species", "grade", "n_clips", "positives"),
    *("f1", "precision", "recall", "ap", "auroc"),
)
# The column `leaks`: whether what is judged was learnt from, or looked at.
LEAKS = {True: "by design", False: "no"}
# The column `converged`.
CONVERGED = {True: "yes", False: "no"}
# What the report's table can be filtered by.
FILTERS = ("experiments", "split", "backbone", "dataset", "recipe", "fold", "subset")
# Of more species each has no column at first.
FEW_SPECIES = 4
RUN = ("split", "backbone", "dataset", "recipe", "labelling")
SUBSETS = {"held_out": "held out", "test": "test", "validation": "validation"}


def columns(species: Sequence[str]) -> list[str]:
    """Columns of `results/summary.csv`, in order."""

    def each(*scores: str) -> list[str]:
        return [f"{score}_{name}" for score in scores for name in species]

    return [
        *KEYS,
        "n_clips",
        "n_recordings",
        "n_groups",
        "n_species",
        *each("positives", "positive_groups", "f1", "precision", "recall", "ap", "auroc"),
        "f1_macro",
        "f1_micro",
        "map",
        "f1_macro_lower",
        "f1_macro_upper",
        *each("f1_at_half"),
        "f1_at_half_macro",
        *each("threshold", "threshold_source"),
        "converged",
        "epochs",
        "best_epoch",
        "parameters_head",
        "parameters_total",
        "weights_mb",
    ]


def brief(species: Sequence[str]) -> list[str]:
    """Columns of `results/summary.csv` to look at first, as many as a page at desktop width holds.

    Examples
    --------
    >>> brief(["A", "B"])[-4:], brief("ABCDEFG")[-2:]
    (['f1_macro_upper', 'map', 'f1_A', 'f1_B'], ['f1_macro_upper', 'map'])
    """
    run = [name for name in FILTERS if name != "experiments"]
    scores = ("n_clips", "n_groups", "f1_macro", "f1_macro_lower", "f1_macro_upper", "map")
    each = [f"f1_{name}" for name in species] if len(species) <= FEW_SPECIES else []
    return [*run, *scores, *each]


def sort_key(row: Mapping[str, str]) -> tuple:
    """Key that sorts rows by what the run is; folds by number."""
    fold = row["fold"]
    return tuple(
        (int(fold) if fold.isdigit() else 0, fold) if key == "fold" else row[key] for key in KEYS
    )


def short_table(rows: Iterable[Mapping[str, str]], species: Sequence[str]) -> str:
    """Lay out the F1 of each model, averaged over its folds, best first.

    Validation is shown only where a run has no other part. Beside the mean over several folds
    stands their standard deviation.

    Parameters
    ----------
    rows
        Of `results/summary.csv`.
    species
        Codes of the species.

    Returns
    -------
    str
        Lines of text.
    """
    rows = list(rows)
    models: dict[tuple, list[Mapping[str, str]]] = {}
    scored = {tuple(row[key] for key in RUN) for row in rows if row["subset"] != "validation"}
    for row in rows:
        run = tuple(row[key] for key in RUN)
        if row["subset"] != "validation" or run not in scored:
            models.setdefault((row["subset"], run), []).append(row)
    # A column that says the same in every row says nothing.
    shown = [
        column
        for column, key in enumerate(RUN)
        if key == "backbone" or len({run[column] for _, run in models}) > 1
    ]
    header = ["part", *(RUN[column] for column in shown), "folds", "F1 macro", *species, "mAP"]
    scores = ["f1_macro", *(f"f1_{name}" for name in species), "map"]
    order = list(SUBSETS)
    ranked = sorted(
        models.items(),
        key=lambda item: (order.index(item[0][0]), -_mean(item[1], "f1_macro"), item[0]),
    )
    lines = [
        [
            SUBSETS[subset],
            *(run[column] for column in shown),
            str(len(folds)),
            *(_cell(folds, score) for score in scores),
        ]
        for (subset, run), folds in ranked
    ]
    return "\n".join(line.rstrip() for line in aligned([header, *lines], rule=True))


def between_kinds(rows: Iterable[Mapping[str, str]], kinds: Mapping[str, str]) -> str:
    """Say in one sentence what networks of sound and of images make of the same recordings.

    The best of either kind are compared, by their mean macro F1 over the folds of one split that
    does not leak, trained on the same dataset with the same recipe.

    Parameters
    ----------
    rows
        Of `results/summary.csv`.
    kinds
        What each backbone takes, `image` or `sound`.

    Returns
    -------
    str
        Empty where no two models are alike but for the kind.
    """
    part: dict[str, list[Mapping[str, str]]] = {"held_out": [], "test": []}
    for row in rows:
        if row["leaks"] == "no" and row["subset"] in part and row["f1_macro"]:
            part[row["subset"]].append(row)
    judged = "held_out" if part["held_out"] else "test"
    scores: dict[tuple[str, ...], dict[str, list[Mapping[str, str]]]] = {}
    for row in part[judged]:
        model = tuple(row[key] for key in ("split", "dataset", "recipe"))
        scores.setdefault(model, {}).setdefault(row["backbone"], []).append(row)
    best: tuple[float, str] = (-1.0, "")
    where = SUBSETS[judged].replace(" ", "-")
    for (split, dataset, recipe), of in scores.items():
        found = {name: _mean(folds, "f1_macro") for name, folds in of.items()}
        sound = max((n for n in found if kinds[n] == "sound"), key=found.__getitem__, default=None)
        image = max((n for n in found if kinds[n] == "image"), key=found.__getitem__, default=None)
        if sound and image and max(found[sound], found[image]) > best[0]:
            random = of[image][0]["weights"] == "random"
            best = (
                max(found[sound], found[image]),
                f"What the network knows makes the difference, on the same {where} clips: {sound}, "
                f"trained on sound, reaches a macro F1 of {found[sound]:.2f}; {image}, "
                f"{'with random weights' if random else 'trained on images'}, {found[image]:.2f} "
                f"(split {split}, dataset {dataset}, recipe {recipe}).",
            )
    return best[1]


def _values(rows: Iterable[Mapping[str, str]], score: str) -> list[float]:
    return [float(row[score]) for row in rows if row[score]]


def _mean(rows: Iterable[Mapping[str, str]], score: str) -> float:
    values = _values(rows, score)
    return mean(values) if values else -1.0


def _cell(rows: Iterable[Mapping[str, str]], score: str) -> str:
    values = _values(rows, score)
    if not values:
        return "-"
    spread = f" ±{stdev(values):.3f}" if len(values) > 1 else ""
    return f"{mean(values):.3f}{spread}"
