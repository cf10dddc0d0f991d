"""Splits of a config, and the runs that it expands to."""

import pytest

from anurans.plan.config import load
from anurans.plan.runs import Run, runs, split

from .small_config import SMALL, changed, refusal

WIDE = changed(
    backbones={name: {"architecture": "MobileNet"} for name in ("a", "b")},
    recipes={"linear": {}, "deep": {"solver": "adam", "layers": [{"units": 8}]}},
    splits={"one": {"folds": 2}, "two": {"folds": 0}},
)


def test_a_split_of_the_config():
    config = load(changed(splits__s={"salt": 7, "allow_missing": ["BOAALB"], "by": "night"}))
    found = split(config, "s")
    assert (found.name, found.by, found.salt) == ("s", "night", "7")
    assert found.allow_missing == ("BOAALB",)
    assert (found.test, found.folds, found.validation, found.file) == (0.3, 5, 0.2, None)


def test_a_validation_part_may_lack_a_species_where_all_recipes_learn_from_it():
    settings = {"recipes__deep": {"solver": "adam"}, "recipes__plain": {}, "splits__s": {}}
    assert not split(load(changed(**settings)), "s").together
    only = settings | {"experiments__e": {"recipes": ["plain"]}}
    assert split(load(changed(**only)), "s").together


def test_without_experiments_every_combination_runs():
    found = runs(load(WIDE))
    assert len(found) == 2 * 2 * (2 + 1)
    assert set(found.values()) == {("all",)}
    assert list(found) == sorted(found)
    assert Run("one", "a", "original", "deep", "2") in found
    assert Run("two", "b", "original", "linear", "all") in found


def test_a_run_of_two_experiments_runs_once():
    config = load(
        {
            **WIDE,
            "experiments": {
                "first": {"backbones": ["a"], "splits": ["two"]},
                "second": {"recipes": ["deep"], "splits": ["two"]},
            },
        }
    )
    assert runs(config) == {
        Run("two", "a", "original", "deep", "all"): ("first", "second"),
        Run("two", "a", "original", "linear", "all"): ("first",),
        Run("two", "b", "original", "deep", "all"): ("second",),
    }


def test_folder_of_a_run():
    assert Run("s", "net", "original", "linear", "2").folder == "s/net/original/linear/fold-2"


@pytest.fixture
def knowing(tmp_path):
    """Config of a network of images and one whose own classes are told by a list beside it."""
    (tmp_path / "net.tflite").touch()
    (tmp_path / "labels.txt").write_text("Hyla_Frog\nBoana albopunctata_Treefrog\n")
    heard = {"architecture": "BirdNET", "weights": str(tmp_path / "net.tflite")}
    datasets = {"original": ["original"], "more": ["original", "time_mask"]}
    return changed(backbones__heard=heard, datasets=datasets)


def test_own_classes_are_a_recipe_of_networks_that_know_a_species(knowing):
    filled = load(knowing)
    assert filled["recipes"]["own"] == {"solver": "own"} and list(filled["recipes"])[-1] == "own"
    assert load(filled) == filled
    found = {(run.backbone, run.dataset) for run in runs(filled) if run.recipe == "own"}
    # Nothing of ours is learnt: copies would change nothing.
    assert found == {("heard", "original")}
    assert "own" not in load(knowing | {"species": {"A": "Nobody knows"}})["recipes"]
    assert "own" not in load(knowing | {"backbones": SMALL["backbones"]})["recipes"]


def test_own_classes_are_left_out_of_experiments_that_name_their_recipes(knowing):
    chosen = {"all": {"recipes": ["logistic"]}}
    assert {run.recipe for run in runs(load(knowing | {"experiments": chosen}))} == {"logistic"}
    chosen = {"all": {"recipes": ["own"], "backbones": ["heard"]}}
    found = runs(load(knowing | {"experiments": chosen}))
    assert {(run.backbone, run.dataset, run.recipe) for run in found} == {
        ("heard", "original", "own")
    }


@pytest.mark.parametrize("recipe", [{}, {"solver": "adam"}])
def test_the_name_of_own_classes_is_nobody_elses(knowing, recipe):
    for config in (knowing, SMALL):
        assert (
            "recipes.own: is the name of networks' own classes in every table; choose another."
            in refusal(config | {"recipes": {"own": recipe, "mine": {}}})
        )
