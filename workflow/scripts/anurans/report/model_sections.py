"""Rows of results/tables/models.csv as sections of a forest plot."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from anurans.common.wording import ranged
from anurans.report.figures import Dot, look
from anurans.scores.summary import SUBSETS
from anurans.splits.splits import HELD_OUT, TEST

MODEL = ("split", "backbone", "weights", "recipe", "labelling", "dataset")
Model = tuple[str, ...]
# Rows of a model, by the part that it is judged on.
Parts = Mapping[str, Mapping[str, str]]


def gather_rows(table: Iterable[Mapping[str, str]]) -> Mapping[Model, Parts]:
    """Rows of each model, which is told by its values of `MODEL`."""
    models: dict[Model, dict[str, Mapping[str, str]]] = {}
    for row in table:
        models.setdefault(tuple(row[key] for key in MODEL), {})[row["subset"]] = row
    return models


def choose_rows(models: Mapping[Model, Parts], most: int) -> tuple[list[Model], list[str]]:
    """The best models, at most so many, best first; and the parts that any is judged on."""
    subsets = [name for name in (HELD_OUT, TEST) if any(name in of for of in models.values())]
    # The test part is not looked at to choose, where there is another.
    ranked = sorted(models, key=lambda model: (-f1(models[model], subsets[0]), model))
    return ranked[:most], subsets


def split_sections(
    models: Mapping[Model, Parts],
    best: Sequence[Model],
    subsets: Sequence[str],
    datasets: Sequence[str],
) -> list[tuple[list[str], list[tuple[str, list[Dot]]]]]:
    """Sections as `anurans.report.figures.forest` takes them, one for each split.

    Parameters
    ----------
    models
        All, with their rows.
    best, subsets
        Those to be drawn, and parts, as `choose_rows` gives them.
    datasets
        In the order of the config: it tells what each looks like.
    """
    same_rule = len({model[4] for model in models}) == 1
    sections = []
    for split in sorted({model[0] for model in best}):
        titles = [title(split, name, [models[model] for model in best]) for name in subsets]
        of: dict[str, list[Model]] = {}
        for model in best:
            if model[0] == split:
                of.setdefault(heading(model, same_rule), []).append(model)
        groups = [
            (
                name,
                [
                    Dot(model[-1], look(number), [scores(models[model], name) for name in subsets])
                    for number, dataset in enumerate(datasets)
                    for model in members
                    if model[-1] == dataset
                ],
            )
            for name, members in of.items()
        ]
        sections.append((titles, groups))
    return sections


def f1(parts: Parts, subset: str) -> float:
    """F1 that models are ranked by; below all where it is undefined."""
    value = parts.get(subset, {}).get("f1_macro")
    return float(value) if value else -1.0


def scores(parts: Parts, subset: str) -> list[float | None] | None:
    """Value and interval of a model in a part, or None where it has no such part."""
    if subset not in parts:
        return None
    columns = ("f1_macro", "f1_macro_lower", "f1_macro_upper")
    return [float(parts[subset][name]) if parts[subset][name] else None for name in columns]


def heading(model: Model, same_rule: bool) -> str:
    """What the models of a group have in common."""
    _, backbone, weights, recipe, labelling, _ = model
    rule = "" if same_rule else f", labelling {labelling}"
    return f"{backbone} ({Path(weights).name} weights), {recipe}{rule}"


def title(split: str, subset: str, models: Sequence[Parts]) -> str:
    """What is scored in a panel, and how much of it."""
    rows = [of[subset] for of in models if subset in of and of[subset]["split"] == split]
    leaks = any(
        of[part]["leaks"] != "no" for of in models for part in of if of[part]["split"] == split
    )
    name = f"Split {split}{' (leaks by design)' if leaks else ''}, {SUBSETS[subset]}"
    if not rows:
        return f"{name}\nno such part"
    counts = [
        ranged([int(row[f"n_{what}s"]) for row in rows], what)
        for what in ("clip", "recording", "group")
    ]
    return f"{name}\n{', '.join(counts)}"
