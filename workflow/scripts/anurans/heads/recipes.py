"""Recipes of the config: what each trains, which solver it has, and the keys of either."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LOGISTIC, ADAM = "logistic", "adam"
# What is trained, by the key `train`: a head, the last block of the network with it, or all of it.
HEAD, LAST_BLOCK, ALL = "head", "last_block", "all"
# Keys that only one solver knows.
KEYS = {
    LOGISTIC: ("C", "inner_folds"),
    ADAM: (
        *("layers", "dropout", "l1", "l2", "learning_rate", "batch_size", "save", "epochs"),
        "early_stopping",
    ),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe of the config whose solver is `adam`."""

    layers: Sequence[Mapping[str, float | int | str]] = ()
    standardize: bool = True
    dropout: float = 0.0
    l1: float = 0.0
    l2: float = 0.0
    learning_rate: float = 1e-3
    balance: str = "none"
    batch_size: int = 32
    epochs: int = 100
    early_stopping: Mapping[str, int] | None = None
    save: str = "best"


def is_tuned(recipe: Mapping[str, Any]) -> bool:
    """Whether a recipe trains the network too."""
    return recipe.get("train", HEAD) != HEAD


def learns_together(recipe: Mapping[str, Any]) -> bool:
    """Whether a recipe of a loaded config learns from the validation part too."""
    return recipe["solver"] != ADAM and not is_tuned(recipe)


def stops_early(recipe: Mapping[str, Any]) -> bool:
    """Whether a recipe of a loaded config stops by the loss of the validation part."""
    if is_tuned(recipe):
        return recipe["tuning"]["patience"] is not None
    return bool(recipe.get("early_stopping"))


def mistakes(recipes: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Sentences about recipes, as they are written, with keys of another kind of recipe."""
    for name, recipe in recipes.items():
        if is_tuned(recipe):
            yield from _about_tuned(name, recipe)
            continue
        if "tuning" in recipe:
            yield (
                f"recipes.{name}.tuning: is of recipes that train the network; add train: "
                f"{LAST_BLOCK} or train: {ALL}, or remove it (docs/finetuning.md)."
            )
        solver = recipe.get("solver", LOGISTIC)
        other = ADAM if solver == LOGISTIC else LOGISTIC
        if found := [key for key in recipe if key in KEYS[other]]:
            given = "solver" in recipe
            one = len(found) == 1
            yield (
                f"recipes.{name}: {', '.join(found)} {'is a key' if one else 'are keys'} of "
                f"solver: {other}, and the solver is {solver}{'' if given else ', the default'}; "
                f"{'write' if given else 'add'} solver: {other}, or remove "
                f"{'it' if one else 'them'} (docs/upgrading.md)."
            )


def _about_tuned(name: str, recipe: Mapping[str, Any]) -> Iterator[str]:
    at, train = f"recipes.{name}", recipe["train"]
    if recipe.get("solver", LOGISTIC) != LOGISTIC:
        yield (
            f"{at}.solver: found {recipe['solver']}; with train: {train} the network starts from a "
            f"head of solver: {LOGISTIC}; remove it."
        )
    if found := [key for key in recipe if key in KEYS[ADAM]]:
        yield (
            f"{at}: found {', '.join(found)} with train: {train}; what the training of a network "
            f"does stands under tuning ({at}.tuning), remove {'it' if len(found) == 1 else 'them'} "
            "here (docs/finetuning.md)."
        )


def own_keys(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe without the keys of other kinds, which change nothing of it."""
    known = set(KEYS[recipe["solver"]])
    others = {key for keys in KEYS.values() for key in keys} - known
    if not is_tuned(recipe):
        others |= {"train", "tuning"}
    return {key: value for key, value in recipe.items() if key not in others}
