"""What a config asks to be detected in new recordings; part of `anurans.plan.plan.Plan`.

Read at parse time: names only, never audio, standard library only. Nothing is looked at before it
is asked for, so that a config without `detection` costs nothing.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from anurans.annotations import sources as annotations
from anurans.common.errors import UserError
from anurans.listening.finished_models import HELD_OUT, THRESHOLDS, TRAINING, Finished
from anurans.networks.own_classes import OWN
from anurans.networks.sound_networks import is_sound
from anurans.plan import config as configs
from anurans.recordings import names as recordings

BEST, TUNED = "best", "tuned"
# Jobs for the recordings whose names tell no date.
UNDATED = 32
# Models that are compared: the axes of results/training, without the fold.
Model = tuple[str, str, str, str]


def model_of(run: configs.Run) -> Model:
    """Split, backbone, dataset and recipe of a run."""
    return run.split, run.backbone, run.dataset, run.recipe


def candidates(config: Mapping[str, Any], runs: Iterable[configs.Run]) -> list[configs.Run]:
    """Runs of the models that may be detected with, as `detection` of a loaded config names them.

    `best` is chosen among those whose split does not leak; with a wanted precision, among those
    that hold something out to find it on.
    """
    wanted = config["detection"]
    # A network's own classes are no head of ours to listen with.
    runs = [run for run in runs if run.recipe != OWN]
    if wanted["model"] != BEST:
        return [run for run in runs if "/".join(model_of(run)) == wanted["model"]]
    splits = {name: configs.split(config, name) for name in config["splits"]}
    needs_folds = wanted["thresholds"] != TUNED
    return [
        run
        for run in runs
        if not splits[run.split].leaks and (splits[run.split].folds or not needs_folds)
    ]


def mistakes(config: Mapping[str, Any], runs: Iterable[configs.Run]) -> Iterator[str]:
    """Sentences about a `detection` that cannot be done with the models of a loaded config."""
    wanted, runs = config.get("detection"), list(runs)
    if not wanted or configs.finished_model(config):
        return
    chosen = candidates(config, runs)
    known = sorted({"/".join(model_of(run)) for run in runs if run.recipe != OWN})
    if not known:
        yield (
            "detection: networks' own classes are all that is run, and nothing listens with them; "
            "add a recipe to the experiments."
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
    elif wanted["thresholds"] != TUNED and not config["splits"][chosen[0].split]["folds"]:
        yield (
            f"detection.thresholds: the split {chosen[0].split} has folds: 0 and holds nothing "
            "out to find thresholds of a precision on; write tuned, or name a model of another "
            "split."
        )


def day_of(recording: recordings.Recording) -> str:
    """Job that a recording is listened to in: its date, so that a new one costs its day only."""
    if recording.date:
        return recording.date.replace("-", "")
    return f"undated-{recordings.shard_of(recording.recording, UNDATED)[-2:]}"


class DetectionPlan:
    """The part of a plan that is about new recordings.

    Attributes
    ----------
    config
        The loaded config.
    runs
        Its runs, and the experiments that each is part of.
    finished
        The finished model that it listens with; None where it trains that itself.
    shards
        Recordings to train on, by shard.
    annotation_settings
        How to read annotations.
    """

    config: dict[str, Any]
    runs: dict[configs.Run, tuple[str, ...]]
    finished: Finished | None
    shards: dict[str, list[recordings.Recording]]
    annotation_settings: dict[str, Any]

    @property
    def trained_config(self) -> dict[str, Any]:
        """The config without what is detected, which changes nothing of the models."""
        return {key: value for key, value in self.config.items() if key != "detection"}

    @cached_property
    def detection(self) -> dict[str, Any]:
        """The config's `detection`, refused where there is none."""
        if "detection" not in self.config:
            raise UserError(
                "The config does not say what to detect calls in; name the new recordings:\n"
                "  detection:\n    recordings: {source: FOLDER}\n"
                "config/README.md has all keys."
            )
        return self.config["detection"]

    def detects(self, key: str) -> Any:
        """A value of the config's `detection`."""
        return self.detection[key]

    @cached_property
    def days(self) -> dict[str, list[recordings.Recording]]:
        """New recordings by the job that listens to them: a day's, or some without a date."""
        try:
            found = recordings.list_recordings(**self.detection["recordings"])
        except UserError as error:
            raise UserError(
                str(error).replace("recordings.source", "detection.recordings.source")
            ) from None
        days: dict[str, list[recordings.Recording]] = {}
        for each in found:
            days.setdefault(day_of(each), []).append(each)
        return dict(sorted(days.items()))

    def of_days(self, pattern: str) -> list[str]:
        """A file of every day."""
        return [pattern.format(day=day) for day in self.days]

    def day_inputs(self, day: str, made: Callable[[str], bool]) -> list[str]:
        """Files of a day that a job can wait for."""
        return [each.path for each in recordings.waited_for(self.days[day], made)]

    def day_files(self, day: str, inputs: Iterable[str], made: Callable[[str], bool]) -> list[str]:
        """Where a job that got these inputs finds each recording of a day."""
        waited = recordings.waited_for(self.days[day], made)
        return recordings.found_at(self.days[day], waited, inputs)

    def day_recordings(self, day: str) -> list[dict[str, str]]:
        """What is known of the recordings of a day before they are read."""
        return [
            {
                "recording": each.recording,
                "path": each.path,
                "fault": each.fault,
                "channel": each.channel or self.config["audio"]["channel"],
            }
            for each in self.days[day]
        ]

    def day_names(self, day: str) -> dict[str, dict[str, str]]:
        """What the names of the recordings of a day tell."""
        return {
            each.recording: {"site": each.site, "date": each.date, "time": each.time}
            for each in self.days[day]
        }

    def new_names(self) -> dict[str, dict[str, str]]:
        """What the names of all new recordings tell."""
        return {name: told for day in self.days for name, told in self.day_names(day).items()}

    def detection_runs(self) -> list[configs.Run]:
        """Runs of the models that are detected with, or chosen among."""
        return candidates(self.config | {"detection": self.detection}, self.runs)

    def of_detection(self, name: str) -> list[str]:
        """A file of every run of `detection_runs`."""
        return [f"results/training/{run.folder}/{name}" for run in self.detection_runs()]

    @property
    def networks(self) -> dict[str, dict[str, Any]]:
        """The config's backbones, and that of a finished model where it takes sound."""
        return self.config["backbones"] | self.finished_network()

    def finished_network(self) -> dict[str, dict[str, Any]]:
        """The network that a finished model listens with, where that takes sound, by its name."""
        if self.finished is None or not self.finished.is_sound:
            return {}
        name, own = self.finished.backbone, self.config["backbones"]
        weights = self.finished.weights(self.config["detection"]["network"], own.get(name))
        return {name: own.get(name, self.finished.about["backbone"]) | {"weights": weights}}

    def finished_files(self) -> list[str]:
        """Files of a finished model; empty where the model is trained here."""
        return self.finished.paths() if self.finished else []

    def finished_tuning(self) -> list[str]:
        """Of these, what thresholds and probabilities come from."""
        return self.finished.paths(THRESHOLDS, HELD_OUT) if self.finished else []

    def finished_training(self) -> list[str]:
        """Of these, how the recordings sound that the model learnt from."""
        return self.finished.paths(TRAINING) if self.finished else []

    def finished_images(self) -> list[str]:
        """Of these, the network, where it takes images."""
        return self.finished.network_paths if self.finished else []

    def learnt_from(self, pattern: str) -> list[str]:
        """A file of every shard to train on, where the model is trained here."""
        return [] if self.finished else [pattern.format(shard=shard) for shard in self.shards]

    def learnt_from_table(self) -> list[str]:
        """Table of the recordings to train on, where the model is trained here."""
        return [] if self.finished else ["results/recordings.csv"]

    def used_backbones(self) -> list[str]:
        """Backbones of `detection_runs`, or that which a finished model listens with by sound."""
        return sorted({run.backbone for run in self.detection_runs()} | {*self.finished_network()})

    def detection_backbones(self, *names: str) -> list[str]:
        """Files of each of `used_backbones`; Keras has none of those that take sound."""
        return [
            f"results/backbones/{backbone}/{name}"
            for backbone in self.used_backbones()
            for name in names
            if not (name.endswith(".keras") and is_sound(self.networks[backbone]))
        ]

    def detection_embeddings(self, shards: Iterable[str]) -> list[str]:
        """Embeddings of original clips by every backbone of `detection_runs`."""
        used = sorted({run.backbone for run in self.detection_runs()})
        return [
            f"results/embeddings/{backbone}/original/{shard}.h5"
            for backbone in used
            for shard in shards
        ]

    def detection_settings(self) -> dict[str, Any]:
        """What the config says of clips, which a model must have been trained on.

        Of images only where a model may take them; the rate is that of drift too.
        """
        of = {"sr": self.config["audio"]["sr"], "length": self.config["clips"]["length"]}
        used = self.used_backbones()
        if used and all(is_sound(self.networks[name]) for name in used):
            return of
        return of | {"spectrogram": self.config["spectrogram"]}

    def combined(self) -> dict[str, str]:
        """How scores of windows make one of a clip, of each backbone that takes sound."""
        used = {run.backbone: self.networks[run.backbone] for run in self.detection_runs()}
        return {name: used[name]["combine"] for name in sorted(used) if is_sound(used[name])}

    def judged(self) -> list[str]:
        """Table of how good the events are, where there is a truth to judge them by."""
        return ["results/detections/judged.csv"] if self.detection["truth"] else []

    def truth_digest(self) -> str:
        """Digest of the annotations of new recordings that events are judged by."""
        names = [each.recording for of in self.days.values() for each in of]
        source = annotations.AnnotationSource(
            self.detection["truth"], names, **self.annotation_settings
        )
        return source.digest(names)

    def detections(self) -> list[str]:
        """What the target `detect` makes."""
        return [
            "results/detections/events.csv",
            "results/detections/recordings.csv",
            *self.of_days("results/detections/audacity/{day}"),
            *self.of_days("results/detections/raven/{day}"),
            *self.judged(),
        ]

    def monitoring(self) -> list[str]:
        """Tables, figures and pages of the target `monitoring`, of new recordings with dates."""
        tables = ("activity", "dates", "hours", "drift", "drift_nights")
        figures = ["drift"]
        if any(each.date and each.time for of in self.days.values() for each in of):
            figures += ["calendar", "season", "night"]
        return [
            *self.detections(),
            *(f"results/monitoring/{name}.csv" for name in tables),
            *(f"results/monitoring/{name}.{kind}" for name in figures for kind in ("svg", "png")),
            *(f"results/monitoring/{name}.html" for name in ("monitoring", "drift")),
        ]
