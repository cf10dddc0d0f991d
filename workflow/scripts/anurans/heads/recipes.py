"""Recipes of the config: which solver each has, and the keys of either."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LOGISTIC, ADAM = "logistic", "adam"
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


def mistakes(recipes: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Sentences about recipes, as they are written, with keys of the other solver."""
    for name, recipe in recipes.items():
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


def own_keys(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe without the keys of the other solver, which change nothing of it."""
    known = set(KEYS[recipe["solver"]])
    others = {key for keys in KEYS.values() for key in keys} - known
    return {key: value for key, value in recipe.items() if key not in others}
