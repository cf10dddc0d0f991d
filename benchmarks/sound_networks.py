"""From sound to embeddings in BirdNET: the job, its engine alone, and LiteRT.

On its own: .venv/bin/python benchmarks/sound_networks.py [--quick]
"""

import argparse
import json
import sys
import tempfile
from functools import partial
from pathlib import Path

from measuring import SCRIPTS, Row, Spent, in_turn, job, snakemake, times, way
from synthetic import SR, make_world, names

sys.path.insert(0, str(SCRIPTS))
# A shard of 504 windows: 252 clips of two windows each.
MINUTES, OTHERS = 21, 100
CONFIG = {
    "species": {"BOAALB": "", "PHYCUV": "", "BOALUN": ""},
    "splits": {"all": {"folds": 0, "test": 0.3, "allow_missing": ["BOAALB", "PHYCUV", "BOALUN"]}},
    "backbones": {"birdnet": {"architecture": "BirdNET"}},
    "shards": 1,
}


def make(folder: Path, quick: bool) -> Path:
    """A world of one shard, its recordings inspected and BirdNET exported."""
    world = folder / "sound"
    if not world.exists():
        make_world(world, 2 if quick else MINUTES, CONFIG)
    snakemake(world, "results/embeddings/birdnet/original/0000.h5")
    return world


def embedded(world: Path) -> Spent:
    """Embed the shard in a job; its unit is a window."""
    recordings = sorted(names(len([*(world / "recordings").glob("*.wav")])))
    return job(
        "embed_sound.py",
        world,
        24 * len(recordings),
        input={
            "table": "results/recordings/0000.tsv",
            "clips": "results/clips/original/0000.tsv",
            "about": "results/backbones/birdnet/about.json",
        },
        output={"shard": "out/birdnet.h5"},
        params={
            "recordings": recordings,
            "files": [f"recordings/{name}.wav" for name in recordings],
            "channels": ["mix"] * len(recordings),
            "length": 5.0,
            "top": None,
            "seed": 1,
            "dtype": "float16",
            "batch_size": 16,
            "code": "",
        },
        wildcards={"technique": "original"},
    )


def rows(folder: Path, quick: bool):
    """Measure, and give the rows of the table; none where BirdNET is not installed."""
    from anurans.networks.sound_networks import find_birdnet, sound_settings

    if find_birdnet() is None:
        return
    settings = sound_settings({"architecture": "BirdNET"})
    world, count = make(folder, quick), 20 if quick else OTHERS
    (world / "out").mkdir(exist_ok=True)
    network = world / "results/backbones/birdnet/model.xml"
    about, lite = network.with_name("about.json"), partial(way, "litert", settings.weights)
    found = in_turn(
        1 if quick else 3,
        job=partial(embedded, world),
        ours=partial(way, "sound_embedded", about, SR, 24 if quick else 12 * MINUTES),
        raw=partial(way, "sound_engine", network, settings.samples, count),
        plain=partial(lite, "none", settings.output, count),
        xnnpack=partial(lite, "xnnpack", settings.output, count),
    )
    ours, raw, whole = found["ours"], found["raw"], found["job"]
    ratio = ours.each / raw.each
    yield Row(
        f"sound -> embedding, BirdNET ({ours.units} windows; the network opened, sound resampled)",
        "its engine alone, one window again and again",
        f"{1000 * ours.each:.1f} ms of a core a window against {1000 * raw.each:.1f}: {ratio:.2f} "
        f"times; the job, which reads and cuts recordings too, {1000 * whole.each_inside:.1f}",
        "at most 1.15 times",
        ratio <= 1.15,
    )
    for name, what, goal in (
        ("plain", "LiteRT without a delegate, as BirdNET's own packages run it", 3.0),
        ("xnnpack", "LiteRT with XNNPACK", 1.7),
    ):
        other = found[name]
        yield Row(
            "sound -> embedding, BirdNET, the engine alone",
            what,
            f"{times(other, raw):.1f} times ({1000 * raw.each:.1f} ms of a core a window against "
            f"{1000 * other.each:.1f}); {times(other, ours):.1f} times where sound is resampled "
            "here and not there",
            f"{goal:g} times",
            times(other, raw) >= goal,
        )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for row in rows(Path(folder), given.quick):
            print(json.dumps([row.work, row.against, row.measured, row.goal, row.reached]))


if __name__ == "__main__":
    main()
