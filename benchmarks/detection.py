"""From new recordings to scores: the whole job, on minutes of a night and on an hour."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile as sf
import yaml
from measuring import SCRIPTS, Row, Spent, in_turn, job, snakemake
from synthetic import SR, make_world, names

sys.path.insert(0, str(SCRIPTS))
GOAL = 1500  # times real time, by two jobs on two cores
LIMIT = (
    " Four fifths of it is the network, which runs at the limit of what this processor computes "
    "(docs/speed.md): AMX, or a GPU, is what it takes."
)
MODEL = "all/{}/original/linear"
SPECTROGRAM = {"fmin": 200, "fmax": 8000}
CONFIG = {
    "species": {"BOAALB": "", "PHYCUV": "", "BOALUN": ""},
    "spectrogram": SPECTROGRAM,
    "splits": {"all": {"folds": 3, "salt": "2", "allow_missing": ["BOAALB", "PHYCUV", "BOALUN"]}},
    "backbones": {
        "mobilenet": {"architecture": "MobileNet", "weights": "random"},
        "mobilenet-small": {"architecture": "MobileNet", "alpha": 0.25, "weights": "random"},
    },
    "recipes": {"linear": {"solver": "adam", "epochs": 5, "early_stopping": None}},
    "shards": 2,
}


def make(folder: Path, quick: bool) -> Path:
    """A trained world, and new recordings: minutes, and files of 6 min and an hour."""
    world = folder / "detection"
    if world.exists():
        return world
    make_world(world, 12, CONFIG)
    sound, _ = sf.read(world / f"recordings/{names(12)[0]}.wav", dtype="int16")
    for kind in ("minutes", "hour", "tenth"):
        (world / kind).mkdir()
    for minute in range(10 if quick else 120):
        name = f"A_20220101_{minute // 60:02d}{minute % 60:02d}00.wav"
        sf.write(world / "minutes" / name, np.roll(sound, 997 * minute, axis=0), SR)
    for kind, times in (("tenth", 6), ("hour", 60)):
        sf.write(world / f"{kind}/A_20220101_000000.wav", np.tile(sound, (times, 1)), SR)
    return world


def ready(world: Path, backbone: str, precision: str) -> Path:
    """Train a model, and put aside what a job listens with."""
    place = world / f"ready/{backbone}-{precision}"
    if not place.exists():
        path = world / "config/config.yaml"
        config = yaml.safe_load(path.read_text())
        model = MODEL.format(backbone)
        config["detection"] = {"recordings": {"source": "minutes"}, "model": model}
        config["embedding"] = {"precision": precision}
        path.write_text(yaml.safe_dump(config, sort_keys=False))
        snakemake(world, "results/detections/model.h5")
        (place / backbone).mkdir(parents=True)
        (world / "results/detections/model.h5").rename(place / "model.h5")
        for name in ("model.xml", "model.bin", "model.keras", "about.json"):
            file = world / f"results/backbones/{backbone}/{name}"
            (place / backbone / name).write_bytes(file.read_bytes())
    return place


def detect(
    world: Path, source: str, backbone: str, precision: str, folder: Path | None = None
) -> Spent:
    """Let a model listen to recordings, in a job of one thread that writes into a folder."""
    from anurans.plan.config import load

    config = load(yaml.safe_load((world / "config/config.yaml").read_text()))
    place = ready(world, backbone, precision)
    paths = sorted((world / source).glob("*.wav"))
    seconds = sum(sf.info(path).duration for path in paths)
    folder = folder or world
    (folder / "out").mkdir(parents=True, exist_ok=True)
    return job(
        "detect_calls.py",
        folder,
        seconds,
        input={
            "model": str(place / "model.h5"),
            "about": [str(place / backbone / "about.json")],
        },
        output={
            "scores": f"out/{source}.h5",
            "recordings": f"out/{source}.tsv",
            "profiles": f"out/{source}-profiles.tsv",
        },
        params={
            "recordings": [
                {"recording": path.stem, "path": str(path), "fault": "", "channel": "mix"}
                for path in paths
            ],
            "files": [str(path) for path in paths],
            "overlap": 0,
            "settings": {"sr": SR, "length": 5.0, "spectrogram": config["spectrogram"]},
            "min_last": 0.5,
            "dtype": "float16",
            "code": "",
        },
    )


def side_by_side(world: Path, backbone: str, precision: str) -> Spent:
    """Let two jobs listen to the same minutes at once; the clock is that of the slower one."""
    with ThreadPoolExecutor(2) as both:
        one, other = both.map(
            lambda name: detect(world, "minutes", backbone, precision, world / name),
            ("one", "other"),
        )
    return replace(one, clock=max(one.clock, other.clock), units=one.units + other.units)


def rows(folder: Path, quick: bool):
    """Measure, and give the rows of the table."""
    from anurans.networks.engines import has_bf16

    world = make(folder, quick)
    kinds = [("mobilenet", "f32"), ("mobilenet-small", "f32")]
    if has_bf16():
        kinds.insert(1, ("mobilenet", "bf16"))
    for backbone, precision in kinds:
        of = (world, backbone, precision)
        ready(*of)
        spent = in_turn(1 if quick else 3, job=lambda of=of: side_by_side(*of))["job"]
        rate = spent.units / spent.clock
        yield Row(
            f"new recordings -> scores, {backbone}, {precision}, two jobs on two cores "
            f"({spent.units / 120:.0f} minutes each)",
            "real time",
            f"{rate:.0f} times, by the clock, with the start of the jobs (3 folds, 3 species, no "
            "overlap)",
            f"{GOAL} times",
            rate >= GOAL,
            "Stereo, read twice (to inspect, to score), mixed, drawn, embedded and scored by every "
            "fold." + ("" if rate >= GOAL else LIMIT),
        )
    short, long = (detect(world, kind, "mobilenet", "f32").memory for kind in ("tenth", "hour"))
    yield Row(
        "the same, memory of a job on a file of an hour",
        "a file of 6 minutes",
        f"{long:.0f} against {short:.0f} MB",
        "within 10 %",
        long <= 1.1 * short,
    )
