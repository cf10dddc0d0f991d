"""What a config asks to be detected in new recordings.

Read at parse time: names only, never audio, standard library only. Nothing is looked at before it
is asked for, so that a config without `detection` costs nothing.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from anurans.heads.recipes import is_tuned
from anurans.listening.finished_models import HELD_OUT, THRESHOLDS, TRAINING, Finished
from anurans.networks.own_classes import OWN
from anurans.networks.sound_networks import is_sound
from anurans.plan import config as configs
from anurans.plan import runs as config_runs
from anurans.plan.day_plan import DayPlan
from anurans.plan.network_plan import NetworkPlan
from anurans.plan.recording_plan import RecordingPlan
from anurans.plan.run_plan import RunPlan
from anurans.splits.splits import REFIT

BEST, TUNED, CHECKED = "best", "tuned", "checked"
# Models that are compared: the axes of results/training, without the fold.
Model = tuple[str, str, str, str]


def model_of(run: config_runs.Run) -> Model:
    """Split, backbone, dataset and recipe of a run."""
    return run.split, run.backbone, run.dataset, run.recipe


def candidates(config: Mapping[str, Any], runs: Iterable[config_runs.Run]) -> list[config_runs.Run]:
    """Runs of the models that may be detected with, as `detection` of a loaded config names them.

    `best` is chosen among those whose split does not leak; with a wanted precision, among those
    that hold something out to find it on.
    """
    wanted = config["detection"]
    # A network's own classes are no head of ours to listen with.
    runs = [run for run in runs if run.recipe != OWN]
    if wanted["model"] != BEST:
        return [run for run in runs if "/".join(model_of(run)) == wanted["model"]]
    splits = {name: config_runs.split(config, name) for name in config["splits"]}
    needs_folds = isinstance(wanted["thresholds"], Mapping)
    return [
        run
        for run in runs
        if not splits[run.split].leaks and (splits[run.split].folds or not needs_folds)
    ]


def split_of(config: Mapping[str, Any], runs: list[config_runs.Run]) -> Mapping[str, Any]:
    """Settings of the split of runs of one model."""
    return config["splits"][runs[0].split]


def mistakes(config: Mapping[str, Any], runs: Iterable[config_runs.Run]) -> Iterator[str]:
    """Sentences about a `detection` that cannot be done with the models of a loaded config."""
    wanted, runs = config.get("detection"), list(runs)
    if wanted and wanted["refit"] and configs.finished_model(config):
        yield (
            "detection.refit: found true, but nothing is trained for a finished model, which "
            "listens as it was exported; remove this key."
        )
    if not wanted or configs.finished_model(config):
        return
    chosen = candidates(config, runs)
    known = sorted({"/".join(model_of(run)) for run in runs if run.recipe != OWN})
    if not known:
        yield (
            "detection: the experiments run only networks' own classes, which cannot listen to new "
            "recordings; add a recipe to the experiments."
        )
    elif not chosen and wanted["model"] == BEST:
        yield (
            "detection.model: found best; every split that is run leaks by design, or holds "
            "nothing out to find thresholds of a precision on: name a model (split/backbone/"
            f"dataset/recipe), such as {known[0]}."
        )
    elif not chosen:
        guess = difflib.get_close_matches(wanted["model"], known, n=1)
        yield (
            f"detection.model: {wanted['model']} is not trained"
            + (f" (did you mean {guess[0]}?)" if guess else "")
            + f"; expected best, or split/backbone/dataset/recipe, such as {known[0]}, or the "
            "folder of a finished model (begun with ./ where it looks like one of these)."
        )
    elif isinstance(wanted["thresholds"], Mapping) and not split_of(config, chosen)["folds"]:
        yield (
            f"detection.thresholds: the split {chosen[0].split} has folds: 0 and holds nothing "
            "out to find thresholds of a precision on; write tuned, or name a model of another "
            "split."
        )
    if wanted["refit"] and chosen:
        yield from _about_refit(config, chosen)


def _about_refit(config: Mapping[str, Any], chosen: Iterable[config_runs.Run]) -> Iterator[str]:
    """Sentences about a refit of models of which none is trained so, or has no folds."""
    tuned = [run for run in chosen if is_tuned(config["recipes"][run.recipe])]
    if not tuned:
        yield (
            "detection.refit: found true, but no model that may be listened with trains its "
            "network, and the heads of all folds listen at the cost of one; remove this key, or "
            "name a model of a recipe with train: last_block or all (docs/finetuning.md)."
        )
    for name in sorted({run.split for run in tuned if not config["splits"][run.split]["folds"]}):
        yield (
            f"detection.refit: found true, but the split {name} has folds: 0. Folds tell how long "
            "the refit trains and where its thresholds lie; give the split folds, or remove this "
            "key."
        )


class DetectionPlan:
    """What is detected in new recordings, and with what.

    Parameters
    ----------
    config
        A loaded config.
    recordings, runs, networks
        What it trains on, and with.
    days
        The new recordings.
    finished
        The finished model that it listens with; None where it trains that itself.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        recordings: RecordingPlan,
        runs: RunPlan,
        networks: NetworkPlan,
        days: DayPlan,
        finished: Finished | None,
    ) -> None:
        self._config = config
        self._recordings = recordings
        self._runs = runs
        self._networks = networks
        self._days = days
        self._finished = finished

    @property
    def settings(self) -> dict[str, Any]:
        """The config's `detection`, refused where there is none."""
        return self._days.settings

    def setting(self, key: str) -> Any:
        """A value of the config's `detection`."""
        return self.settings[key]

    def runs(self) -> list[config_runs.Run]:
        """Runs of the models that are detected with, or chosen among."""
        return candidates({**self._config, "detection": self.settings}, self._runs.all)

    def of_runs(self, name: str) -> list[str]:
        """A file of every run of `runs`."""
        return self._runs.files(name, self.runs())

    def compared(self) -> list[str]:
        """Scores of every run that the best is chosen among; empty where there is one model."""
        return [] if self.only() else self.of_runs("metrics.tsv")

    def only(self) -> dict[str, Any] | None:
        """What the detector says of the one model that may listen, named or not; else None."""
        runs = self.runs()
        if len(set(map(model_of, runs))) != 1:
            return None
        run = runs[0]
        split = config_runs.split(self._config, run.split)
        axes = ("split", "backbone", "dataset", "recipe")
        return {
            "model": {axis: getattr(run, axis) for axis in axes},
            "leaks": split.leaks,
            "folds": list(split.fold_names),
        }

    def finished_files(self) -> list[str]:
        """Files of a finished model; empty where the model is trained here."""
        return self._finished.paths() if self._finished else []

    def finished_tuning(self) -> list[str]:
        """Of these, what thresholds and probabilities come from."""
        return self._finished.paths(THRESHOLDS, HELD_OUT) if self._finished else []

    def finished_training(self) -> list[str]:
        """Of these, how the recordings sound that the model learnt from."""
        return self._finished.paths(TRAINING) if self._finished else []

    def finished_images(self) -> list[str]:
        """Of these, the network, where it takes images."""
        return self._finished.network_paths if self._finished else []

    def learnt_from(self, pattern: str) -> list[str]:
        """A file of every shard to train on, where the model is trained here."""
        return (
            []
            if self._finished
            else [pattern.format(shard=shard) for shard in self._recordings.shards]
        )

    def learnt_from_table(self) -> list[str]:
        """Table of the recordings to train on, where the model is trained here."""
        return [] if self._finished else ["results/recordings/checked.tsv"]

    def backbones(self) -> list[str]:
        """Backbones of `runs`, or that which a finished model listens with by sound."""
        return sorted({run.backbone for run in self.runs()} | {*self._networks.of_finished()})

    def of_backbones(self, *names: str) -> list[str]:
        """Files of each of `backbones`; Keras has none of those that take sound."""
        return [
            f"results/backbones/{backbone}/{name}"
            for backbone in self.backbones()
            for name in names
            if not (name.endswith(".keras") and is_sound(self._networks.all[backbone]))
        ]

    def own_networks(self, *names: str) -> list[str]:
        """Files of the networks that `runs` trained with their heads: each fold's, or refits'."""
        runs = self._refits() if self.settings["refit"] else self._tuned()
        return [f"results/training/{run.folder}/network/{name}" for run in runs for name in names]

    def refits(self, name: str) -> list[str]:
        """A file of the refit of each model of `runs` that trains its network, if asked for."""
        return self._runs.files(name, self._refits() if self.settings["refit"] else [])

    def refit_rows(self) -> list[dict[str, str]]:
        """The refits that are asked for; none where nothing is detected."""
        wanted = self._config.get("detection", {"refit": False})
        return [asdict(run) for run in self._refits()] if wanted["refit"] else []

    def _tuned(self) -> list[config_runs.Run]:
        return [run for run in self.runs() if is_tuned(self._config["recipes"][run.recipe])]

    def _refits(self) -> list[config_runs.Run]:
        return list(dict.fromkeys(replace(run, fold=REFIT) for run in self._tuned()))

    def embeddings(self) -> list[str]:
        """Embeddings of original clips by every backbone of `runs`."""
        used = sorted({run.backbone for run in self.runs()})
        return [
            f"results/embeddings/{backbone}/original/{shard}.h5"
            for backbone in used
            for shard in self._recordings.shards
        ]

    def clip_settings(self) -> dict[str, Any]:
        """What the config says of clips, which a model must have been trained on.

        Of images only where a model may take them; the rate is that of drift too.
        """
        of = {"sr": self._config["audio"]["sr"], "length": self._config["clips"]["length"]}
        used = self.backbones()
        if used and all(is_sound(self._networks.all[name]) for name in used):
            return of
        return of | {"spectrogram": self._config["spectrogram"]}

    def combined(self) -> dict[str, str]:
        """How scores of windows make one of a clip, of each backbone that takes sound."""
        used = {run.backbone: self._networks.all[run.backbone] for run in self.runs()}
        return {name: used[name]["combine"] for name in sorted(used) if is_sound(used[name])}

    def judged(self) -> list[str]:
        """Table of how good the events are, where there is a truth to judge them by."""
        return ["results/detections/judged.csv"] if self.settings["truth"] else []

    def detections(self) -> list[str]:
        """What the target `detect` makes."""
        return [
            "results/detections/events.csv",
            "results/detections/recordings.csv",
            *self._days.of_all("results/detections/audacity/{day}"),
            *self._days.of_all("results/detections/raven/{day}"),
            *self.judged(),
            *(["results/detections/refit.csv"] if self.settings["refit"] else []),
        ]

    def monitoring(self) -> list[str]:
        """Tables, figures and pages of the target `monitoring`, of new recordings with dates."""
        tables = ["activity", "dates", "hours", "drift", "drift_nights", "precision"]
        figures = ["drift"]
        if self._days.dated():
            figures += ["calendar", "season", "night"]
        if self._days.sunny():
            tables.append("sun")
            figures.append("sun")
        return [
            *self.detections(),
            *(f"results/monitoring/{name}.csv" for name in tables),
            *(f"results/monitoring/{name}.{kind}" for name in figures for kind in ("svg", "png")),
            *(f"results/monitoring/{name}.html" for name in ("monitoring", "drift")),
        ]
