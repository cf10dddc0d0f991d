"""How a config deals recordings to roles, and which annotations a run of a split uses."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from anurans.plan import runs as config_runs
from anurans.plan.annotation_plan import AnnotationPlan
from anurans.plan.recording_plan import RecordingPlan
from anurans.splits import clip_digests, splits

# Role of every recording, in each fold.
Roles = dict[str, dict[str, str]]


class SplitPlan:
    """The splits of a config, whether they are run or not.

    Parameters
    ----------
    config
        A loaded config.
    recordings, annotations
        Its recordings, and what is annotated of them.
    """

    def __init__(
        self, config: Mapping[str, Any], recordings: RecordingPlan, annotations: AnnotationPlan
    ) -> None:
        self._config = config
        self._recordings = recordings
        self._annotations = annotations
        # Every training asks for these, and they are the same for all of a split and fold.
        self._roles: dict[str, Roles] = {}
        self._training_digests: dict[tuple[str, str], str] = {}

    def _of(self, name: str) -> splits.Split:
        return config_runs.split(self._config, name)

    def settings(self) -> list[dict[str, Any]]:
        """Settings of every split."""
        return [asdict(self._of(name)) for name in self._config["splits"]]

    def roles(self, name: str) -> Roles:
        """Role of every recording in each fold of a split; empty where clips are dealt.

        Raises
        ------
        UserError
            When a part of the split would be empty, or would lack a species.
        """
        if name not in self._roles:
            self._roles[name] = self._assigned(self._of(name))
        return self._roles[name]

    def _assigned(self, split: splits.Split) -> Roles:
        if split.by == "clip":
            return {}
        assigned = splits.assign(split, self._recordings.all)
        splits.check(split, self._annotations.annotated, self._annotations.source.present())
        return assigned

    def by_clip(self, name: str) -> dict[str, Any] | None:
        """What a split by clip deals its clips by; None for other splits, known already."""
        settings = self._config["splits"][name]
        if settings["by"] != "clip":
            return None
        keys = ("test", "folds", "validation", "salt")
        return {"name": name} | {key: settings[key] for key in keys}

    def groups(self, name: str) -> dict[str, str]:
        """Group of every recording in a split."""
        return splits.groups_of(config_runs.split(self._config, name), self._recordings.all)

    def validates_on(self, name: str) -> str:
        """Part that early stopping and thresholds of a split look at."""
        return self._of(name).validates_on

    def leaks(self, name: str) -> bool:
        """Whether what a split judges was learnt from, or looked at, by design."""
        return self._of(name).leaks

    def required_species(self, name: str) -> list[str]:
        """Species that a training in a split refuses to do without."""
        allowed = self._config["splits"][name]["allow_missing"]
        return [species for species in self._config["species"] if species not in allowed]

    def calibrators(self, name: str) -> list[str]:
        """Table of the calibrated probabilities of a split's models, where there are any."""
        return ["results/calibrators.tsv"] if self._config["splits"][name]["folds"] else []

    def training_digest(self, name: str, fold: str) -> str:
        """Digest of the annotations that a run of a split and fold trains and validates on."""
        if (name, fold) not in self._training_digests:
            self._training_digests[name, fold] = self._digest(self._of(name), fold)
        return self._training_digests[name, fold]

    def _digest(self, split: splits.Split, fold: str) -> str:
        used = {splits.TRAIN, split.validates_on}
        source = self._annotations.source
        if split.by == "clip":
            length = self._config["clips"]["length"]
            return clip_digests.digest(source, self._recordings.ids, split, fold, used, length)
        return source.digest(splits.in_roles(self.roles(split.name), fold, used))
