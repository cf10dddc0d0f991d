"""Synthetic minutes of a site like INCT41: names, recordings and label files, from a seed."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import soundfile as sf
import yaml

ROOT = Path(__file__).resolve().parents[1]
SR = 22050
# Hz, and the share of recordings that each calls in.
SPECIES = {"BOAALB": (2170.0, 0.5), "PHYCUV": (700.0, 0.35), "BOALUN": (1300.0, 0.35)}
PLACES, NEW_PLACES = ("recordings", "annotations"), ("new", "truth")
PARTS = ("Snakefile", "rules", "workflow", "envs", "profiles")


def names(count: int) -> list[str]:
    """Names of recordings: eight a night, over as many nights as that takes."""
    first = datetime(2020, 1, 26, 19)
    found = []
    for number in range(count):
        night, place = divmod(number, 8)
        found.append(first + timedelta(days=5 * night, minutes=75 * place))
    return [f"INCT41_{when:%Y%m%d_%H%M%S}" for when in found]


def make_recordings(folder: Path, count: int, seconds: int, new: int = 0) -> None:
    """Write recordings (stereo, 16 bit) and label files into two folders; `new` ones of others.

    New recordings are the last ones, in `new/`; their labels lie in `truth/`.
    """
    for first, last, places in ((0, count, PLACES), (count, count + new, NEW_PLACES)):
        if last > first:
            _make(folder, names(count + new), range(first, last), seconds, places)


def _make(
    folder: Path, every: list[str], numbers: range, seconds: int, places: tuple[str, str]
) -> None:
    sounds, labels = folder / places[0], folder / places[1]
    sounds.mkdir(parents=True, exist_ok=True)
    labels.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 600, (2 * SR * seconds, 2)).astype(np.float32)
    time = np.arange(SR * seconds, dtype=np.float32) / SR
    for number in numbers:
        name = every[number]
        rng = np.random.default_rng([2, number])
        at = rng.integers(0, SR * seconds)
        sound = noise[at : at + SR * seconds].copy()
        lines = []
        for species, (frequency, share) in SPECIES.items():
            if rng.random() >= share:
                continue
            for _ in range(rng.integers(1, 7)):
                start, length = rng.uniform(0, seconds - 5), rng.uniform(0.3, 5)
                during = slice(int(start * SR), int((start + length) * SR))
                pitch = 2 * np.pi * frequency * rng.uniform(0.97, 1.03)
                loud = rng.uniform(500, 4000)
                sound[during] += (loud * np.sin(pitch * time[during]))[:, None]
                lines.append(
                    f"{start:.6f}\t{start + length:.6f}\t{species}_{rng.choice(['F', 'M', 'C'])}\n"
                )
        sound = np.clip(sound, -32768, 32767).astype(np.int16)
        sf.write(sounds / f"{name}.wav", sound, SR, subtype="PCM_16")
        (labels / f"{name}.txt").write_text("".join(lines), encoding="utf-8")


def make_world(folder: Path, count: int, config: dict, seconds: int = 60, new: int = 0) -> Path:
    """Make a folder with the workflow, a config and synthetic recordings, and new ones of these."""
    for part in PARTS:
        source = ROOT / part
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        folder.mkdir(parents=True, exist_ok=True)
        copy(source, folder / part)
    make_recordings(folder, count, seconds, new)
    config = config | {
        "recordings": {"source": "recordings"},
        "annotations": {"source": "annotations"},
    }
    (folder / "config").mkdir()
    text = yaml.safe_dump(config, sort_keys=False)
    (folder / "config/config.yaml").write_text(text, encoding="utf-8")
    return folder


def move_call(path: Path) -> None:
    """Move the first call of a file of labels by a second, as somebody who corrects it."""
    first, *others = path.read_text().splitlines(keepends=True)
    start, end, rest = first.split("\t", 2)
    path.write_text("".join([f"{float(start) + 1}\t{float(end) + 1}\t{rest}", *others]))


def inct41(quick: bool = False) -> dict:
    """config/inct41.yaml with random weights, since no network may be assumed."""
    config = yaml.safe_load((ROOT / "config/inct41.yaml").read_text(encoding="utf-8"))
    for backbone in config["backbones"].values():
        backbone["weights"] = "random"
    if quick:
        config["backbones"] = {"mobilenet": config["backbones"]["mobilenet"] | {"alpha": 0.25}}
        for split in config["splits"].values():
            split["folds"] = 2
        config["shards"] = 4
    return config
