"""Loads a config: validated, its defaults filled in, with what a finished model settles."""

import contextlib
import copy
from collections.abc import Iterator, Mapping
from datetime import date as Date
from pathlib import Path
from typing import Any

from anurans.common.errors import UserError, listing
from anurans.heads import recipes
from anurans.listening.finished_models import ABOUT, SETTLED, Finished, read_finished
from anurans.networks.own_classes import OWN, RECIPE, own_classes
from anurans.networks.sound_networks import (
    IMAGE_KEYS,
    SOUND_KEYS,
    fill,
    is_sound,
)
from anurans.plan.contradictions import about_network, contradictions, of_another_kind
from anurans.plan.schema import fill_in, names_folder, schema, sentences
from anurans.recordings.names import shortened
from anurans.sounds import resolution
from anurans.splits.fold_files import read_fold_file

# Keys of a backbone that name files.
PATHS = ("weights", "classes")


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
    _write_date(filled)
    problems = sentences(filled)
    problems += _about_folder(filled) if problems else []
    finished = None
    if not problems:
        problems = list(of_another_kind(filled.get("backbones", {})))
        problems += recipes.mistakes(filled.get("recipes", {}))
        try:
            finished = finished_model(filled)
        except UserError as error:
            problems.append(str(error))
    if not problems:
        _list_labels(filled)
        if finished and not trains(filled):
            filled = _settled(filled, finished)
        _number_folds(filled.get("splits", {}))
        filled = fill_in(filled, schema())
        _shorten_paths(filled)
        if filled["embedding"]["precision"] == "auto":
            filled["embedding"]["precision"] = "f32"
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
        problems = list(contradictions(filled))
        problems += _about_finished(filled, finished)
    refuse(problems, name)
    return filled


def _write_date(config: Mapping[str, Any]) -> None:
    """Take `export.date` as text, which YAML reads as a date where it is not in quotes."""
    wanted = config.get("export")
    if isinstance(wanted, dict) and isinstance(wanted.get("date"), Date):
        wanted["date"] = wanted["date"].isoformat()


def _shorten_paths(config: Mapping[str, Any]) -> None:
    """Write each path to sources and networks in one way: another way makes nothing again."""
    detection = config.get("detection") or {}
    places = [(of, "source") for of in (config["recordings"], config["annotations"])]
    places += [(detection.get("recordings", {}), "source"), (detection, "network")]
    places += [(each, key) for each in config["backbones"].values() for key in PATHS]
    for of, key in places:
        if of.get(key):
            of[key] = shortened(of[key])
    if "partial" in config["annotations"]:
        config["annotations"]["partial"] = [*map(shortened, config["annotations"]["partial"])]


def _list_labels(config: dict[str, Any]) -> None:
    """Read the long form of species, with labels, as the short one and `annotations.labels`."""
    long = {code: each for code, each in config.get("species", {}).items() if type(each) is dict}
    if not long:
        return
    names = {code: each.get("name") or code for code, each in long.items()}
    config["species"] = config["species"] | names
    annotations = config.setdefault("annotations", {})
    labels = {code: each["labels"] for code, each in long.items() if each.get("labels")}
    for code, texts in annotations.get("labels", {}).items():
        labels[code] = [*dict.fromkeys([*labels.get(code, []), *texts])]
    if labels:
        annotations["labels"] = labels


def _number_folds(splits: Mapping[str, dict[str, Any]]) -> None:
    """Give splits by file that name no number of folds the one of their file.

    Where each site is left out once there is no test part but of sites that are named.
    """
    for split in splits.values():
        if split.get("by") == "file" and split.get("file") and "folds" not in split:
            with contextlib.suppress(UserError):  # which is told with all else that is wrong
                split["folds"] = read_fold_file(split["file"]).folds
        if split.get("folds") == "sites":
            split.setdefault("test", 0)


def _about_folder(config: Mapping[str, Any]) -> Iterator[str]:
    """A sentence about the folder of a finished model that is taken for the name of another."""
    detection = config.get("detection")
    model = detection.get("model") if isinstance(detection, Mapping) else None
    if isinstance(model, str) and not names_folder(config) and Path(model, ABOUT).is_file():
        yield (
            f"detection.model: {model} is taken for split/backbone/dataset/recipe; for the "
            f"folder of a finished model write ./{model}."
        )


def finished_model(config: Mapping[str, Any]) -> Finished | None:
    """Finished model that a config listens with, where it names the folder of one.

    Raises
    ------
    UserError
        When there is none in that folder.
    """
    if not names_folder(config):
        return None
    return read_finished(shortened(config["detection"]["model"]))


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
            "detection.network: is for finished models, and detection.model is not one; remove it, "
            "or give the folder of one as detection.model."
        )
    if finished is None:
        return
    yield from finished.differences(config)
    yield from finished.network_problems(config)
    if wanted["network"]:
        architecture = finished.about["backbone"]["architecture"]
        yield from about_network("detection.network", wanted["network"], architecture)
    if isinstance(wanted["thresholds"], Mapping) and not finished.about["held_out"]:
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


def _of_kind(backbone: dict[str, Any]) -> dict[str, Any]:
    """One backbone with the keys of its kind alone; one of sound with its architecture's values."""
    unused = IMAGE_KEYS if is_sound(backbone) else SOUND_KEYS
    kept = {key: value for key, value in backbone.items() if key not in unused}
    if not is_sound(backbone):
        return kept
    # The schema's default is of images.
    given = None if kept["weights"] == "imagenet" else kept["weights"]
    return fill(kept | {"weights": given})
