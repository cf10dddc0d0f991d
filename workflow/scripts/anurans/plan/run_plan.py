"""The runs of a config, and the files that are made of them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cached_property
from typing import Any

from anurans.heads.recipes import ADAM, is_tuned
from anurans.networks.own_classes import OWN
from anurans.networks.sound_networks import is_sound
from anurans.plan import config as configs
from anurans.plan import runs as config_runs
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.runs import Run
from anurans.splits.splits import REFIT

# Splits that keep together what is less than a site.
WITHIN_SITES = ("recording", "night", "date")


class RunPlan:
    """The runs, and what they have in common.

    Parameters
    ----------
    config
        A loaded config.
    recordings
        Its recordings.

    Attributes
    ----------
    all
        The runs, and the experiments that each is part of; empty where nothing is trained.
    """

    def __init__(self, config: Mapping[str, Any], recordings: RecordingPlan) -> None:
        self._config = config
        self._recordings = recordings
        self.all: dict[Run, tuple[str, ...]] = {}
        if configs.trains(config):
            self.all = config_runs.runs(config)

    @cached_property
    def by(self) -> dict[str, str]:
        """What each split that is run keeps together."""
        return {run.split: self._config["splits"][run.split]["by"] for run in self.all}

    @property
    def leaky_splits(self) -> list[str]:
        """Splits that are run and leak by design."""
        return [name for name in self.by if config_runs.split(self._config, name).leaks]

    @cached_property
    def backbones(self) -> list[str]:
        """Backbones that are trained on, sorted."""
        return sorted({run.backbone for run in self.all})

    def files(self, name: str, runs: Iterable[Run] | None = None) -> list[str]:
        """A file of every run, or of some."""
        return [
            f"results/training/{run.folder}/{name}" for run in (self.all if runs is None else runs)
        ]

    def of_split(self, split: str) -> list[Run]:
        """Runs of a split."""
        return [run for run in self.all if run.split == split]

    def calibrated(self) -> list[Run]:
        """Runs of the splits that hold something out, which probabilities are calibrated on."""
        return [run for run in self.all if self._config["splits"][run.split]["folds"]]

    @cached_property
    def easier(self) -> list[tuple[str, str]]:
        """Pairs of splits that are run: one that flatters, and one that it is measured against.

        A leaky one against each that is honest; and one that keeps sites apart against those that
        do not, since whoever wants to know how well other sites are heard is flattered by these.
        """
        leaky = set(self.leaky_splits)
        return [
            (one, other)
            for one in sorted(self.by)
            for other in sorted(self.by)
            if other not in leaky
            and (one in leaky or (self.by[other] == "site" and self.by[one] in WITHIN_SITES))
        ]

    def of_optimism(self) -> list[Run]:
        """Runs of the models that are trained both under an easier split and under another."""
        of: dict[tuple[str, ...], set[str]] = {}
        for run in self.all:
            of.setdefault((run.backbone, run.dataset, run.recipe), set()).add(run.split)
        used = {
            (model, split)
            for model, names in of.items()
            for pair in self.easier
            if names.issuperset(pair)
            for split in pair
        }
        models = {model for model, _ in used}
        return [run for run in self.all if (run.backbone, run.dataset, run.recipe) in models]

    def rows(self) -> list[dict[str, str]]:
        """The runs, and the experiments that each is part of."""
        return [
            asdict(run) | {"experiments": " ".join(experiments)}
            for run, experiments in self.all.items()
        ]

    def certified(self) -> list[tuple[str, ...]]:
        """What each run is, as `anurans.splits.leakage.RUN` names it."""
        return [
            (run.split, self.by[run.split], run.backbone, run.dataset, run.recipe, run.fold)
            for run in self.all
        ]

    def learnt_from(self, backbone: str, recipe: str) -> list[str]:
        """What a run learns from and judges: embeddings of original clips, or scores of classes."""
        folder = f"classes/{backbone}" if recipe == OWN else f"embeddings/{backbone}/original"
        return [f"results/{folder}/{shard}.h5" for shard in self._recordings.shards]

    def folds_predicted(self, split: str, backbone: str, dataset: str, recipe: str) -> list[str]:
        """What the model of each fold of a run's model predicted."""
        model = (split, backbone, dataset, recipe)
        return [
            f"results/training/{'/'.join(model)}/fold-{fold}/predictions.tsv"
            for fold in config_runs.split(self._config, split).fold_names
        ]

    def folds_before(
        self, split: str, backbone: str, dataset: str, recipe: str, fold: str
    ) -> list[str]:
        """What the refit of a model asks its folds: how long they trained. Folds ask nothing."""
        if fold != REFIT:
            return []
        names = config_runs.split(self._config, split).fold_names
        runs = [Run(split, backbone, dataset, recipe, name) for name in names]
        return self.files("scores.h5", runs)

    def head_names(self) -> str:
        """Regular expression of the names of the recipes that train a head."""
        return "|".join(re.escape(name) for name in self._config["recipes"] if name != OWN)

    def tuned_names(self, tuned: bool) -> str:
        """Regular expression of the names of the recipes that train a network, or do not."""
        names = [name for name, each in self._config["recipes"].items() if is_tuned(each) == tuned]
        return "|".join(map(re.escape, names)) or "(?!)"

    def engine(self, recipe: str) -> str:
        """What trains the head of a recipe; the config's engine counts for Adam alone."""
        by_epochs = self._config["recipes"][recipe]["solver"] == ADAM
        return self._config["training"]["engine"] if by_epochs else "numpy"

    def network(self, split: str, backbone: str, dataset: str, recipe: str, fold: str) -> str:
        """Network of images of a run: the frozen one, or its own."""
        if is_tuned(self._config["recipes"][recipe]):
            run = Run(split, backbone, dataset, recipe, fold)
            return f"results/training/{run.folder}/network/model.keras"
        return f"results/backbones/{backbone}/model.keras"

    def rule_of(self, run: Run) -> str:
        """Rule that trains a run."""
        tuned = is_tuned(self._config["recipes"][run.recipe])
        return "finetune_model" if tuned else "train_model"

    def training_benchmarks(self) -> list[str]:
        """Benchmark files of the trainings of all runs."""
        return [f"results/benchmarks/{self.rule_of(run)}/{run.folder}.tsv" for run in self.all]

    def trainings(self) -> list[str]:
        """What the target `training` makes; refused where nothing is trained."""
        self._refuse_untrained()
        return self.files("scores.h5")

    def models(self) -> list[str]:
        """What the target `models` makes; of a network's own classes there is no model."""
        self._refuse_untrained()
        backbones = self._config["backbones"]
        made = {False: "model.keras", True: "model/model.json"}
        return [
            f"results/training/{run.folder}/{made[is_sound(backbones[run.backbone])]}"
            for run in self.all
            if run.recipe != OWN
        ]

    def _refuse_untrained(self) -> None:
        if self._recordings.absent and not configs.trains(self._config):
            self._recordings.absent()
