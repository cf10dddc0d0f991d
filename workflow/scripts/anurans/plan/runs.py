"""The splits of a loaded config, and the runs that it expands to."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anurans.heads import recipes
from anurans.networks.own_classes import RECIPE, own_classes
from anurans.splits.splits import Split

# What an experiment chooses from; empty means all.
AXES = ("splits", "backbones", "datasets", "recipes")


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """One training: a split, backbone, dataset, recipe and fold, all by name."""

    split: str
    backbone: str
    dataset: str
    recipe: str
    fold: str

    @property
    def folder(self) -> str:
        """Folder of the run's results, below results/training."""
        return f"{self.split}/{self.backbone}/{self.dataset}/{self.recipe}/fold-{self.fold}"


def split(config: Mapping[str, Any], name: str) -> Split:
    """Split `name` of a loaded config."""
    settings = dict(config["splits"][name])
    settings["allow_missing"] = tuple(settings["allow_missing"])
    settings["salt"] = str(settings["salt"])
    if isinstance(settings["test"], list):
        settings["test"] = tuple(settings["test"])
    used = [config["recipes"][recipe] for recipe in recipes_in(config, name)]
    return Split(name=name, together=all(map(recipes.learns_together, used)), **settings)


def recipes_in(config: Mapping[str, Any], split: str) -> list[str]:
    """Recipes that are run in a split; all where none is."""
    used = {
        recipe
        for chosen in config["experiments"].values()
        if split in (chosen["splits"] or config["splits"])
        for recipe in chosen["recipes"] or config["recipes"]
    }
    return [recipe for recipe in config["recipes"] if recipe in used or not used]


def runs(config: Mapping[str, Any]) -> dict[Run, tuple[str, ...]]:
    """Expand a loaded config to its runs, each once, with the experiments that it is part of."""
    found: dict[Run, list[str]] = {}
    for experiment, chosen in config["experiments"].items():
        axes = [chosen[axis] or list(config[axis]) for axis in AXES]
        for name, backbone, dataset, recipe in itertools.product(*axes):
            if not _has_scores(config, backbone, dataset, recipe):
                continue
            for fold in split(config, name).fold_names:
                run = Run(name, backbone, dataset, recipe, fold)
                found.setdefault(run, []).append(experiment)
    return {run: tuple(found[run]) for run in sorted(found)}


def _has_scores(config: Mapping[str, Any], backbone: str, dataset: str, recipe: str) -> bool:
    """Whether there is such a model: a network's own classes learn from no dataset of ours."""
    if config["recipes"][recipe] != RECIPE:
        return True
    plain = config["datasets"][dataset]["techniques"] == ["original"]
    return plain and bool(own_classes(config["backbones"][backbone], config["species"]))
