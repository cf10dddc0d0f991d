"""Classes that a network was trained on, where they are species of the config.

Read at parse time: names alone, standard library only.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from anurans.networks.sound_networks import (
    PACKAGE,
    class_names,
    fill,
    find_labels,
    is_sound,
    scientific_name,
)

# Name of the recipe that is no head of ours: the network's own scores. Nobody else may have it.
OWN = "own"
RECIPE = {"solver": OWN}


def own_classes(backbone: Mapping[str, Any], species: Mapping[str, str]) -> dict[str, int]:
    """Class of a network for each species of the config that it knows.

    Parameters
    ----------
    backbone
        One of the config's `backbones`.
    species
        Scientific name of each species, by its code.

    Returns
    -------
    dict
        By code, in the order of `species`: the number of the class, from 0. Empty for a network of
        which no class scores are known, whatever lies beside it, and where the list of names is
        not at hand.
    """
    if not is_sound(backbone) or not (backbone := fill(backbone)).get("scores"):
        return {}
    known = _numbers(_list_of(backbone))
    names = {code: name.strip().lower() for code, name in species.items()}
    return {code: known[name] for code, name in names.items() if name in known}


def named_classes(backbone: Mapping[str, Any]) -> list[str]:
    """Names of all classes of a network, in the order of its scores; empty without a list."""
    return class_names(_list_of(fill(backbone)))


def _list_of(backbone: Mapping[str, Any]) -> str | Path | None:
    """Where the names are, of a network with its defaults filled in."""
    weights = backbone.get("classes") or backbone["weights"]
    return find_labels() if weights in (None, PACKAGE) else weights


@cache
def _numbers(path: str | Path | None) -> dict[str, int]:
    labels = class_names(path)
    numbers: dict[str, int] = {}
    for number, label in enumerate(labels):
        numbers.setdefault(scientific_name(label).strip().lower(), number)
    return numbers
