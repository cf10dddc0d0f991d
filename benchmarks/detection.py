"""From new recordings to scores: the whole job, on an hour and on days of minutes."""

import sys
from pathlib import Path

import numpy as np
import soundfile as sf
import yaml
from measuring import SCRIPTS, Row, snakemake
from synthetic import SR, make_world, names

sys.path.insert(0, str(SCRIPTS))
GOAL = 1500  # times real time, on 2 cores
MODEL = "all/{}/original/linear"


def make(folder: Path, quick: bool) -> Path:
    """A trained world, and new recordings: two days of minutes, and files of 6 min and an hour."""
    world = folder / "detection"
    if world.exists():
        return world
    config = {
        "species": {"BOAALB": "", "PHYCUV": "", "BOALUN": ""},
        "spectrogram": {"fmin": 200, "fmax": 8000},
        "splits": {
            "all": {
                "folds": 3,
                "test": 0.3,
                "allow_missing": ["BOAALB", "PHYCUV", "BOALUN"],
            }
        },
        "backbones": {
            "mobilenet": {"architecture": "MobileNet", "weights": "random"},
            "mobilenet-small": {"architecture": "MobileNet", "alpha": 0.25, "weights": "random"},
        },
        "recipes": {"linear": {"epochs": 5, "early_stopping": None}},
        "shards": 2,
    }
    make_world(world, 12, config)
    minutes = 10 if quick else 240
    sound, _ = sf.read(world / f"recordings/{names(12)[0]}.wav", dtype="int16")
    for kind in ("days", "hour", "tenth"):
        (world / kind).mkdir()
    # A minute each, of two days: two jobs side by side.
    for number in range(minutes):
        day, minute = divmod(number, minutes // 2)
        name = f"INCT41_2022010{day + 1}_{minute // 60:02d}{minute % 60:02d}00.wav"
        sf.write(world / "days" / name, np.roll(sound, 997 * number, axis=0), SR)
    sf.write(world / "hour/A_20220101_000000.wav", np.tile(sound, (60, 1)), SR)
    sf.write(world / "tenth/A_20220101_000000.wav", np.tile(sound, (6, 1)), SR)
    return world


def detect(world: Path, source: str, backbone: str, precision: str):
    """Let a model listen to a folder: models are made first, then the jobs alone are timed."""
    path = world / "config/config.yaml"
    config = yaml.safe_load(path.read_text())
    config["detection"] = {"recordings": {"source": source}, "model": MODEL.format(backbone)}
    config["embedding"] = {"precision": precision}
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    snakemake(world, "results/detections/thresholds.tsv")
    days = ["20220101", "20220102"] if source == "days" else ["20220101"]
    for day in days:
        (world / f"results/detections/scores/{day}.h5").unlink(missing_ok=True)
    snakemake(world, *(f"results/detections/scores/{day}.h5" for day in days))
    return [told(world, day) for day in days]


def told(world: Path, day: str) -> tuple[float, float]:
    """Seconds and MB of a job, from its own log."""
    text = (world / f"logs/detect_calls/{day}.log").read_text()
    last = text.strip().splitlines()[-1].split()
    return float(last[3]), float(last[5])


def rows(folder: Path, quick: bool):
    """Measure, and give the rows of the table."""
    from anurans.engines import has_bf16

    world = make(folder, quick)
    seconds = 60.0 * len(list((world / "days").glob("*.wav")))
    kinds = [("mobilenet", "f32"), ("mobilenet-small", "f32")]
    if has_bf16():
        kinds.insert(1, ("mobilenet", "bf16"))
    for backbone, precision in kinds:
        took = [
            max(each[0] for each in detect(world, "days", backbone, precision))
            for _ in range(1 if quick else 3)
        ]
        rate = seconds / float(np.median(took))
        yield Row(
            f"new recordings -> scores, {backbone}, {precision}, 2 jobs on 2 cores "
            f"({seconds / 60:.0f} minutes, clock)",
            "real time",
            f"{rate:.0f} times (3 folds, 3 species, no overlap)",
            f"{GOAL} times",
            rate >= GOAL,
            "Read twice (to inspect, to score), channels mixed, drawn, embedded and scored by "
            "every fold; nothing but scores is written.",
        )
    short, long = (detect(world, kind, "mobilenet", "f32")[0][1] for kind in ("tenth", "hour"))
    yield Row(
        "the same, memory of a job, a file of an hour",
        "a file of 6 minutes",
        f"{long:.0f} against {short:.0f} MB",
        "within 10 %",
        long <= 1.1 * short,
    )
