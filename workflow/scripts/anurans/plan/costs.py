"""What a config would take: clips, disk and, roughly, time, before anything is computed.

Knows the shapes of networks without Keras, and rates that were measured once: on 2 cores of a
Xeon, with random weights. They tell an hour from a day, no more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Any

from anurans.common.markup import aligned
from anurans.common.rule_facts import facts_of
from anurans.heads.recipes import ALL, LAST_BLOCK, LOGISTIC, is_tuned
from anurans.networks.own_classes import OWN
from anurans.networks.sound_networks import WIDTHS, is_sound, sound_settings
from anurans.recordings.clips import ORIGINAL, STRETCHED, count_clips
from anurans.sounds.image_axes import SIZE
from anurans.sounds.windows import window_starts
from anurans.splits.splits import REFIT

# Height, width and channels of the last map of a network for an image of 224 x 224; the channels
# of a MobileNet are multiplied by its alpha. A test compares them with Keras.
MAPS = {
    "MobileNet": (7, 7, 1024),
    "DenseNet121": (7, 7, 1024),
    "ResNet50": (7, 7, 2048),
    "InceptionV3": (5, 5, 2048),
}
BYTES = {"float16": 2, "float32": 4}
# Bytes that a run keeps beside the weights of its heads: whatever its size; for each original clip
# (scores, predictions); and for each value that is standardized, of which Keras writes mean and
# deviation as text.
RUN_BYTES, CLIP_BYTES, STANDARDIZED_BYTES = 25_000, 350, 44

# Length of a recording that cannot be looked at yet, in s.
ASSUMED_LENGTH = 60.0
# Width of the embeddings of a network that is not opened for this.
ASSUMED_WIDTH = 1024
# Epochs until early stopping, where the recipe allows more.
ASSUMED_EPOCHS = 40

# Seconds to stretch one second of sound: 0.15 s for a minute.
STRETCH = 0.15 / 60
# Images that OpenVINO embeds in a second on one core, half of what was measured on two.
EMBEDDED = {
    "f32": {"MobileNet": 113, "ResNet50": 21, "DenseNet121": 21, "InceptionV3": 26},
    "bf16": {"MobileNet": 428, "ResNet50": 116, "DenseNet121": 94, "InceptionV3": 134},
}
# Seconds for a window on one core: of networks that take sound, that of BirdNET where it is not
# known, and to read, resample and cut it.
HEARD, CUT_WINDOW = {"BirdNET": 0.0125}, 0.0013
# Bytes of the weights of a network in Keras' file and in OpenVINO's together, those of a MobileNet
# by the square of its alpha; and how long its training takes an image, in embeddings of one in f32,
# by what is trained.
NETWORK = {"MobileNet": 26e6, "ResNet50": 190e6, "DenseNet121": 57e6, "InceptionV3": 175e6}
FINETUNED = {LAST_BLOCK: 3.0, ALL: 6.0}
# Where only the machine that exports the backbone knows.
PRECISION = {"auto": "f32"}
# Seconds for a clip and epoch: whatever the head; and of each weight (2.3 ms for 50176 x 256).
TRAINED, TRAINED_WEIGHT = 0.00003, 2.3e-3 / (50176 * 256)
# Evaluations of a logistic regression for each penalty, on a network that hears, and on one of
# random weights, from which little is learnt; and products of two numbers in a second.
STEPS, STEPS_RANDOM, MULTIPLIED = 11, 22, 4.5e10


@dataclass(frozen=True, slots=True)
class Costs:
    """Knows what each job and file of a config costs.

    Parameters
    ----------
    clips
        Clips of each technique, from `count_all`.
    backbones, recipes, datasets
        As in a loaded config.
    embedding
        The config's `embedding`.
    species
        Number of species.
    shards
        Number of shards that have recordings.
    length
        Of a clip, in s.
    trained, refitted
        Shares of the clips that a run of each split trains on, and a refit of its models.
    """

    clips: Mapping[str, int]
    backbones: Mapping[str, Mapping[str, Any]]
    recipes: Mapping[str, Mapping[str, Any]]
    datasets: Mapping[str, Mapping[str, Any]]
    embedding: Mapping[str, Any]
    species: int
    shards: int
    length: float
    trained: Mapping[str, float]
    refitted: Mapping[str, float]

    def disk(self, runs: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
        """Bytes of what is largest in results/, once everything is made.

        Parameters
        ----------
        runs
            Each with `backbone`, `dataset` and `recipe`.

        Returns
        -------
        list of dict
            `what`, `files` (how they come about, in words) and `bytes`.
        """
        runs = list(runs)
        rows = []
        for technique in self.drawn(runs):
            what, count = f"spectrograms, {technique}", self.clips[technique]
            rows.append(_row(what, f"{count} x {SIZE} x {SIZE}", count * SIZE * SIZE))
        used: dict[str, set[str]] = {}
        for run in runs:
            techniques = self.datasets[run["dataset"]]["techniques"]
            used.setdefault(run["backbone"], set()).update(techniques)
        for backbone, techniques in used.items():
            count = sum(self.clips[technique] for technique in techniques)
            sizes = [count, *self.shape(backbone), BYTES[self.embedding["dtype"]]]
            how = " x ".join(map(str, sizes))
            rows.append(_row(f"embeddings, {backbone}", how, prod(sizes)))
        tuned = [run for run in runs if is_tuned(self.recipes[run["recipe"]])]
        heads = sum(self.run_bytes(run) for run in runs if run not in tuned)
        rows.append(_row("heads and scores", f"{len(runs) - len(tuned)} runs", heads))
        if tuned:
            networks = sum(map(self.run_bytes, tuned))
            rows.append(_row("networks, heads and scores", f"{len(tuned)} runs", networks))
        return rows

    def drawn(self, runs: Iterable[Mapping[str, str]]) -> list[str]:
        """Techniques whose clips are drawn: for networks that take images, and figures of copies.

        A figure shows copies of a technique beside what they were made of.
        """
        of_sound = all(is_sound(self.backbones[run["backbone"]]) for run in runs)
        return [] if of_sound and self.clips.keys() <= {ORIGINAL} else list(self.clips)

    def temporary(self, runs: Iterable[Mapping[str, str]], sr: int) -> int:
        """Most bytes of the audio of clips that lie on the disk at a time, until they are drawn.

        Parameters
        ----------
        runs
            As `disk` takes them.
        sr
            Of the audio that is drawn, in Hz. What a network hears is on the disk at no time.
        """
        cut = [self.clips[each] for each in self.drawn(runs) if each in (ORIGINAL, STRETCHED)]
        return 2 * round(self.length * sr) * sum(cut)

    def shape(self, backbone: str) -> tuple[int, ...]:
        """Shape of the embedding of a clip."""
        settings = self.backbones[backbone]
        if not is_sound(settings):
            return (embedding_width(settings),)
        window = sound_settings(settings).window
        return len(window_starts(self.length, window)), embedding_width(settings)

    def run_bytes(self, run: Mapping[str, str]) -> int:
        """Bytes of the scores and heads of a run, of every epoch where its recipe saves all."""
        recipe = self.recipes[run["recipe"]]
        width = embedding_width(self.backbones[run["backbone"]])
        weights = head_weights(recipe, width, self.species)
        kept = 1 + (epochs(recipe) if recipe.get("save") == "all" else 0)
        standardized = STANDARDIZED_BYTES * width if recipe.get("standardize") else 0
        if is_tuned(recipe):
            backbone = self.backbones[run["backbone"]]
            standardized += round(NETWORK[backbone["architecture"]] * backbone["alpha"] ** 2)
        return 4 * weights * kept + standardized + RUN_BYTES + CLIP_BYTES * self.clips[ORIGINAL]

    def seconds(self, rule: str, wildcards: Mapping[str, str]) -> float:
        """Guess how long a job takes that no earlier one tells of, on one core."""
        facts = facts_of(rule)
        start = facts.start
        technique = wildcards.get("technique", ORIGINAL)
        count = self.clips.get(technique, 0) / max(self.shards, 1)
        longer = self.length / 5.0
        match rule:
            case "stretch_time":
                return start + self.clips[STRETCHED] / self.shards * self.length * STRETCH
            case "embed_spectrograms":
                backbone = self.backbones[wildcards["backbone"]]
                precision = self.embedding["precision"]
                rate = EMBEDDED[PRECISION.get(precision, precision)][backbone["architecture"]]
                return start + count * backbone["alpha"] / rate
            case "embed_sound" | "score_classes":
                return start + count * self._heard(wildcards["backbone"], technique)
            case "train_model":
                return start + self._training(wildcards)
            case "finetune_model":
                return start + self._finetuning(wildcards)
        return start + count * longer * facts.per_clip

    def _heard(self, backbone: str, technique: str) -> float:
        """Seconds that a network takes for a clip, from its recording to its embedding."""
        windows, _ = self.shape(backbone)
        settings = sound_settings(self.backbones[backbone])
        each = HEARD.get(settings.architecture, HEARD["BirdNET"] * settings.window / 3)
        stretched = self.length * STRETCH * settings.sr / 22050 if technique == STRETCHED else 0.0
        return windows * (each + CUT_WINDOW) + stretched

    def _finetuning(self, run: Mapping[str, str]) -> float:
        recipe, backbone = self.recipes[run["recipe"]], self.backbones[run["backbone"]]
        techniques = self.datasets[run["dataset"]]["techniques"]
        shares = self.refitted if run.get("fold") == REFIT else self.trained
        share = shares[run["split"]]
        count = sum(self.clips[technique] for technique in techniques) * share
        each = backbone["alpha"] / EMBEDDED["f32"][backbone["architecture"]]
        # Original clips are scored at the end; the validation part after each epoch is little.
        trained = recipe["tuning"]["epochs"] * count * FINETUNED[recipe["train"]]
        return (trained + self.clips[ORIGINAL]) * each

    def _training(self, run: Mapping[str, str]) -> float:
        recipe = self.recipes[run["recipe"]]
        techniques = self.datasets[run["dataset"]]["techniques"]
        count = sum(self.clips[technique] for technique in techniques) * self.trained[run["split"]]
        if self.backbones[run["backbone"]].get("combine") != "pooled":
            count *= prod(self.shape(run["backbone"])[:-1])
        width = embedding_width(self.backbones[run["backbone"]])
        if recipe["solver"] == OWN:
            return 0.0
        if recipe["solver"] == LOGISTIC:
            blind = self.backbones[run["backbone"]].get("weights") == "random"
            steps = STEPS_RANDOM if blind else STEPS
            return solver_seconds(recipe, count, width, self.species, steps)
        weights = head_weights(recipe, width, self.species)
        return epochs(recipe) * count * (TRAINED + weights * TRAINED_WEIGHT)


def embedding_width(backbone: Mapping[str, Any]) -> int:
    """Width of the embeddings of one of the config's `backbones`; assumed of an unknown network."""
    if is_sound(backbone):
        return WIDTHS.get(backbone["architecture"], ASSUMED_WIDTH)
    height, width, channels = MAPS[backbone["architecture"]]
    channels = int(channels * backbone["alpha"])
    return {"avg": 1, "time": height, "flatten": height * width}[backbone["pooling"]] * channels


def head_weights(recipe: Mapping[str, Any], width: int, species: int) -> int:
    """Count the trained weights of a head, as `anurans.heads.training.count_parameters` does."""
    units = [width, *(layer["units"] for layer in recipe.get("layers", ())), species]
    return sum((before + 1) * after for before, after in pairwise(units))


def solver_seconds(
    recipe: Mapping[str, Any], count: float, width: int, species: int, steps: int = STEPS
) -> float:
    """Guess how long `anurans.heads.logistic` takes for so many rows of a width.

    `steps` are evaluations for each penalty, of each species and inner fold.
    """
    axes = min(count, width)
    turning = 3 * count * width * axes + 5 * axes**3
    evaluated = steps * len(recipe["C"]) * (recipe["inner_folds"] * species + 1)
    return (turning + 4 * evaluated * count * axes) / MULTIPLIED


def epochs(recipe: Mapping[str, Any]) -> int:
    """Epochs of a training: those of the recipe, or an assumed number where it may stop early."""
    if not recipe["early_stopping"]:
        return recipe["epochs"]
    return min(recipe["epochs"], ASSUMED_EPOCHS + recipe["early_stopping"]["start_from_epoch"])


def _test_share(test: float | Sequence[str]) -> float:
    """Share of the test part; of named sites a guess."""
    return 0.2 if isinstance(test, Sequence) else test


def trained_share(split: Mapping[str, Any]) -> float:
    """Share of the clips that a run trains on, under one of the config's `splits`."""
    held_out = 1 / split["folds"] if split["folds"] else 0.0
    # A split that validates on its test part takes nothing from training.
    validation = 0.0 if split["validation"] == "test" else split["validation"]
    return (1 - _test_share(split["test"])) * (1 - held_out) * (1 - validation)


def refitted_share(split: Mapping[str, Any]) -> float:
    """Share of the clips that a refit trains on: all but the test part."""
    return 1 - _test_share(split["test"])


def count_all(
    durations: Sequence[float],
    techniques: Iterable[str],
    augmentation: Mapping[str, Any],
    length: float,
    min_last: float,
) -> dict[str, int]:
    """Count the clips of each technique, where every clip is copied.

    Parameters
    ----------
    durations
        Of the recordings, in s.
    techniques
        The techniques.
    augmentation
        The config's `augmentation`.
    length, min_last
        As `anurans.recordings.clips.count_clips` takes them.
    """

    def clips(rate: float = 1.0) -> int:
        return sum(count_clips(duration / rate, length, min_last) for duration in durations)

    counts = {}
    for technique in techniques:
        if technique == ORIGINAL:
            counts[technique] = clips()
        elif technique == STRETCHED:
            counts[technique] = sum(map(clips, augmentation[technique]["rates"]))
        else:
            counts[technique] = clips() * augmentation[technique]["copies"]
    return counts


def experiment_rows(runs: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """How many runs each experiment has, and of how many models, splits and so on.

    Parameters
    ----------
    runs
        Each with `experiments` (names, separated by spaces) and the names of what it is made of.
    """
    axes = ("split", "backbone", "dataset", "recipe", "fold")
    of: dict[str, list[Mapping[str, str]]] = {}
    for run in runs:
        for experiment in run["experiments"].split():
            of.setdefault(experiment, []).append(run)
    return [
        {"experiment": name, "runs": len(mine)}
        | {f"{axis}s": len({run[axis] for run in mine}) for axis in axes}
        for name, mine in of.items()
    ]


def model_rows(runs: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Runs with their folds in one row."""
    of: dict[tuple[str, ...], list[str]] = {}
    keys = ("split", "backbone", "dataset", "recipe", "experiments")
    for run in runs:
        of.setdefault(tuple(run[key] for key in keys), []).append(run["fold"])
    return [dict(zip(keys, key, strict=True)) | {"folds": " ".join(of[key])} for key in of]


def table_text(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[str]:
    """Lines of a table with aligned columns; numbers to the right."""
    cells = [columns, *([str(row[column]) for column in columns] for row in rows)]
    right = [at for at, column in enumerate(columns) if rows and isinstance(rows[0][column], int)]
    return [line.rstrip() for line in aligned(cells, right)]


def size(count: float) -> str:
    """Write a number of bytes for people, in powers of 1000."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5:
            return f"{count:.0f} {unit}" if count >= 10 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def _row(what: str, how: str, count: int) -> dict[str, Any]:
    return {"what": what, "how": how, "bytes": count}
