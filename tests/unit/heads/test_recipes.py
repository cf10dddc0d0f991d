"""Recipes: which keys each solver knows, and what is said of those of the other."""

import pytest

from anurans.common.errors import UserError
from anurans.heads.recipes import KEYS, mistakes, own_keys
from anurans.plan.config import load
from anurans.plan.schema import schema

PROPERTIES = schema()["properties"]["recipes"]["additionalProperties"]["properties"]
BOTH = {"standardize", "balance", "solver", "train", "tuning"}


def test_every_key_of_a_recipe_is_of_one_solver_or_of_both():
    known = set(PROPERTIES)
    assert not set(KEYS["logistic"]) & set(KEYS["adam"])
    assert known == BOTH | {key for keys in KEYS.values() for key in keys}


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (
            {"layers": []},
            "recipes.r: layers is a key of solver: adam, and the solver is logistic, the default; "
            "add solver: adam, or remove it (docs/upgrading.md).",
        ),
        (
            {"solver": "logistic", "epochs": 5, "l2": 0.1},
            "recipes.r: epochs, l2 are keys of solver: adam, and the solver is logistic; "
            "write solver: adam, or remove them (docs/upgrading.md).",
        ),
        (
            {"solver": "adam", "C": [1], "inner_folds": 3},
            "recipes.r: C, inner_folds are keys of solver: logistic, and the solver is adam; "
            "write solver: logistic, or remove them (docs/upgrading.md).",
        ),
        (
            {"tuning": {"epochs": 3}},
            "recipes.r.tuning: is of recipes that train the network; add train: last_block or "
            "train: all, or remove it (docs/finetuning.md).",
        ),
        (
            {"train": "all", "solver": "adam"},
            "recipes.r.solver: found adam; with train: all the network starts from a head of "
            "solver: logistic; remove it.",
        ),
        (
            {"train": "last_block", "epochs": 3},
            "recipes.r: found epochs with train: last_block; what the training of a network does "
            "stands under tuning (recipes.r.tuning), remove it here (docs/finetuning.md).",
        ),
    ],
)
def test_a_key_of_the_other_solver_is_refused(recipe, said):
    assert list(mistakes({"r": recipe})) == [said]
    config = {
        "recordings": {"source": "r"},
        "annotations": {"source": "a"},
        "species": {"B": "b"},
        "backbones": {"net": {"architecture": "MobileNet"}},
        "recipes": {"r": recipe},
    }
    with pytest.raises(UserError) as refused:
        load(config)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "recipe",
    [
        {},
        {"C": [0.1]},
        {"standardize": False, "balance": "oversample"},
        {"solver": "adam"},
        {"solver": "adam", "balance": "class_weight", "early_stopping": None},
    ],
)
def test_keys_of_the_solver_and_of_both_are_right(recipe):
    assert not list(mistakes({"r": recipe}))


@pytest.mark.parametrize(("solver", "other"), [("logistic", "adam"), ("adam", "logistic")])
def test_what_is_kept_of_a_filled_recipe_is_its_solvers(solver, other):
    every = dict.fromkeys(PROPERTIES, 1) | {"solver": solver}
    assert set(own_keys(every)) == BOTH | set(KEYS[solver])
    assert own_keys(every)["solver"] == solver
    assert not set(own_keys(every)) & set(KEYS[other])
