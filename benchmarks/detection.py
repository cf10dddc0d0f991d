"""From new recordings to scores: the whole job, on minutes of a night and on an hour.

On its own: .venv/bin/python benchmarks/detection.py [--quick] [--only images birdnet] [--folder F]
"""

import argparse
import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import analyzer
import numpy as np
import soundfile as sf
import yaml
from measuring import SCRIPTS, Row, Spent, in_turn, job, snakemake, spend, times, way
from synthetic import SR, make_world, names

sys.path.insert(0, str(SCRIPTS))
KINDS = ("images", "birdnet")
# Rate of the engine on images that are ready, and how much of it a job is to reach.
SHARES = {"mobilenet": 0.9, "mobilenet-small": 0.6}
BIRDNET, ANALYZER = "birdnet", 4  # times as fast as BirdNET-Analyzer
LIMIT = (
    " Drawing takes 1 ms of a core a clip, and reading, hashing and measuring as much again or "
    "more: with a small network this is most of the work."
)
MODEL = "all/{}/original/linear"
CONFIG = {
    "species": {"BOAALB": "", "PHYCUV": "", "BOALUN": ""},
    "spectrogram": {"fmin": 200, "fmax": 8000},
    "splits": {"all": {"folds": 3, "salt": "2", "allow_missing": ["BOAALB", "PHYCUV", "BOALUN"]}},
    "backbones": {
        "mobilenet": {"architecture": "MobileNet", "weights": "random"},
        "mobilenet-small": {"architecture": "MobileNet", "alpha": 0.25, "weights": "random"},
    },
    "recipes": {"linear": {"solver": "adam", "epochs": 5, "early_stopping": None}},
    "shards": 2,
}
# As BirdNET takes sound: a clip is a window. AudioMoths record one channel.
SOUND = CONFIG | {
    "clips": {"length": 3.0},
    "backbones": {BIRDNET: {"architecture": "BirdNET"}},
}
RATES = {"images": (SR, 2), "birdnet": (48000, 1)}


def make(folder: Path, quick: bool, kind: str) -> Path:
    """A trained world, and new recordings: minutes, and files of 6 min and an hour."""
    world = folder / f"detection-{kind}"
    if world.exists():
        return world
    make_world(world, 12, CONFIG if kind == "images" else SOUND)
    sound, _ = sf.read(world / f"recordings/{names(12)[0]}.wav", dtype="int16")
    sr, channels = RATES[kind]
    # Its samples at the other rate: another pitch, of the same length.
    sound = np.tile(sound, (3, 1))[: 60 * sr, :channels]
    for name in ("minutes", "hour", "tenth"):
        (world / name).mkdir()
    for minute in range(10 if quick else 120):
        name = f"A_20220101_{minute // 60:02d}{minute % 60:02d}00.wav"
        sf.write(world / "minutes" / name, np.roll(sound, 997 * minute, axis=0), sr)
    for name, count in (("tenth", 6), ("hour", 60)):
        sf.write(world / f"{name}/A_20220101_000000.wav", np.tile(sound, (count, 1)), sr)
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
        for file in (world / f"results/backbones/{backbone}").iterdir():
            (place / backbone / file.name).write_bytes(file.read_bytes())
    return place


def detect(
    world: Path, source: str, backbone: str, precision: str, folder: Path | None = None
) -> Spent:
    """Let a model listen to recordings, in a job of one thread that writes into a folder.

    Its unit is a clip.
    """
    from anurans.listening.detector import read_detector
    from anurans.plan.config import load

    config = load(yaml.safe_load((world / "config/config.yaml").read_text()))
    place = ready(world, backbone, precision)
    paths = sorted((world / source).glob("*.wav"))
    length = config["clips"]["length"]
    clips = sum(round(sf.info(path).duration / length) for path in paths)
    folder = folder or world
    (folder / "out").mkdir(parents=True, exist_ok=True)
    settings = read_detector(place / "model.h5").about["settings"]
    return job(
        "detect_calls.py",
        folder,
        clips,
        input={
            "model": str(place / "model.h5"),
            "about": [str(place / backbone / "about.json")],
            "finished": [],
            "own": [],
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
            "settings": {"sr": SR, **settings},
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
    return Spent(
        max(one.clock, other.clock),
        one.processor + other.processor,
        one.units + other.units,
        one.memory + other.memory,
        one.start + other.start,
    )


def memory(world: Path, backbone: str) -> Row:
    """Memory of a job on a long file."""
    short, long = (detect(world, kind, backbone, "f32").memory for kind in ("tenth", "hour"))
    return Row(
        f"new recordings -> scores, {backbone}, memory of a job on a file of an hour",
        "a file of 6 minutes",
        f"{long:.0f} against {short:.0f} MB",
        "within 10 %",
        long <= 1.1 * short,
    )


def image_rows(folder: Path, shard: Path, quick: bool):
    """Networks that take images, against their engine on images that are ready.

    `shard` is the world that `images.make` makes.
    """
    from embedding import shorten

    from anurans.networks.engines import has_bf16

    world, count = make(folder, quick, "images"), 24 if quick else 276
    images = shorten(shard, count)
    kinds = [("mobilenet", "f32"), ("mobilenet-small", "f32")]
    if has_bf16():
        kinds.append(("mobilenet", "bf16"))
    for backbone, precision in kinds:
        network = ready(world, backbone, precision) / backbone / "model.xml"
        found = in_turn(
            1 if quick else 3,
            job=partial(side_by_side, world, backbone, precision),
            raw=partial(way, "engine", network, precision, images, count),
        )
        ours, raw = found["job"], found["raw"]
        share, goal = raw.each / ours.each, SHARES[backbone]
        judged = precision == "f32"
        yield Row(
            f"new recordings -> scores, {backbone}, {precision}, two jobs on two cores "
            f"({ours.units / 2:.0f} clips each)",
            "the engine's raw rate on images that are ready",
            f"{share:.2f} of it, with the start of the jobs ({1000 * ours.each:.2f} against "
            f"{1000 * raw.each:.2f} ms of a core a clip; {raw.each / ours.each_inside:.2f} without)"
            f"; {5 * ours.units / ours.clock:.0f} times real time by the clock",
            f"{goal:.2f}" if judged else "none",
            share >= goal if judged else None,
            "Stereo minutes at 22,050 Hz, read once, hashed, measured, mixed, drawn, embedded and "
            "scored by three folds." + ("" if share >= goal else LIMIT),
        )
    yield memory(world, "mobilenet")


def birdnet_rows(folder: Path, quick: bool):
    """BirdNET, against BirdNET-Analyzer's own command; nothing where BirdNET is not installed."""
    from anurans.networks.sound_networks import find_birdnet

    network = find_birdnet()
    if network is None:
        return
    world = make(folder, quick, "birdnet")
    ready(world, BIRDNET, "f32")
    python = analyzer.install(folder / "analyzer", Path(network))
    script, both = Path(analyzer.__file__), world / "both"
    (world / "analyzed").mkdir(exist_ok=True)
    if not both.exists():
        # The command and our two jobs are given as many recordings.
        both.mkdir()
        for path in (world / "minutes").iterdir():
            for name in ("one", "other"):
                (both / f"{name}-{path.name}").symlink_to(path)

    def analyzed() -> Spent:
        command = [str(python), str(script), str(both), str(world / "analyzed"), "2"]
        return analyzer.watched(partial(spend, command, world))

    found = in_turn(
        1 if quick else 3,
        job=partial(side_by_side, world, BIRDNET, "f32"),
        other=analyzed,
        raw=partial(
            way, "sound_engine", world / f"ready/{BIRDNET}-f32/{BIRDNET}/model.xml", 144000, 50
        ),
    )
    ours, raw = found["job"], found["raw"]
    other = replace(found["other"], units=ours.units)
    faster = times(other, ours)
    yield Row(
        f"new recordings -> scores, BirdNET, clips of 3 s, two jobs on two cores "
        f"({ours.units / 2:.0f} clips each)",
        "`birdnet-analyze` 2.4 with two threads, the same recordings",
        f"{faster:.1f} times ({1000 * ours.each:.1f} against {1000 * other.each:.1f} ms of a core "
        f"a clip, with the start of both); {other.clock / ours.clock:.1f} times by the clock",
        f"{ANALYZER} times",
        faster >= ANALYZER,
        f"The engine alone takes {1000 * raw.each:.1f} ms a clip ({times(other, raw):.1f} times); "
        f"the job reaches {raw.each / ours.each:.2f} of its rate."
        + ("" if faster >= ANALYZER else " All else would have to take next to nothing."),
    )
    yield Row(
        "the same, memory of both jobs at their peaks",
        "of all its processes together at their peak",
        f"{ours.memory:.0f} against {other.memory:.0f} MB",
        "half",
        ours.memory <= other.memory / 2,
    )
    yield memory(world, BIRDNET)


def rows(folder: Path, shard: Path, quick: bool, only=KINDS):
    """Measure, and give the rows of the table."""
    if "images" in only:
        yield from image_rows(folder, shard, quick)
    if "birdnet" in only:
        yield from birdnet_rows(folder, quick)


def main() -> None:
    """Measure, and print."""
    import images

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--folder", type=Path, help="where to work; kept")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = (given.folder or Path(place)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        shard = images.make(folder, given.quick) if "images" in given.only else folder
        for row in rows(folder, shard, given.quick, given.only):
            print(json.dumps([row.work, row.against, row.measured, row.goal, row.reached]))
            print("    ", row.note)


if __name__ == "__main__":
    main()
