"""Whether training a network pays: frozen, its last block, all of it, on the same folds.

    .venv/bin/python benchmarks/finetuning.py --weights FOLDER [--worlds demo season]
        [--networks 0.25 1.0 random] [--epochs N] [--folder FOLDER] [--rate]

Runs the workflow on the demo's 24 minutes, and on 200 recordings of its season, with MobileNets of
ImageNet weights, of which FOLDER has the files, and one of random weights: three folds by
recording, a logistic head on the frozen network against the last block and against all of it. Tells
F1 and mAP of the clips held out, with intervals over recordings, differences to the frozen network
from the same draws, time of the processor and memory of a run. What was run is not run again.

`--rate` measures besides how many images a training takes a second, from their shards, with masks
and mixtures, against `model.fit` of the same network on images in memory, on two threads.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import mean

import numpy as np
import yaml
from measuring import ROOT, SCRIPTS, machine, snakemake

sys.path.insert(0, str(SCRIPTS))

from anurans.common.tables import read_table

PARTS = ("Snakefile", "rules", "workflow", "envs", "profiles", "resources")
FILES = {"0.25": "mobilenet_2_5_224*.h5", "1.0": "mobilenet_1_0_224*.h5"}
SOURCES = {
    "demo": ("resources/demo/recordings.csv", "resources/demo/annotations"),
    "season": ("resources/demo/season/recordings.csv", "resources/demo/season/truth.csv"),
}
CONFIG = {
    "species": {
        "BOAALB": "Boana albopunctata",
        "PHYCUV": "Physalaemus cuvieri",
        "BOALUN": "Boana lundii",
    },
    "spectrogram": {"fmin": 200, "fmax": 8000},
    "splits": {
        "recording": {
            "by": "recording",
            "test": 0.25,
            "folds": 3,
            "validation": 0.25,
            "salt": "254",
            "allow_missing": ["BOAALB", "PHYCUV", "BOALUN"],
        }
    },
    "backbones": {"random": {"architecture": "MobileNet", "alpha": 0.25, "weights": "random"}},
    "recipes": {
        "frozen": {},
        "last_block": {"train": "last_block"},
        "all": {"train": "all"},
    },
    "shards": 4,
}
RECIPES = tuple(CONFIG["recipes"])
DRAWS = 2000


def make(folder: Path, world: str, networks: list[str], weights: Path, epochs: int) -> Path:
    """A folder with the workflow, and a config of the networks."""
    place = folder / f"finetuning-{world}"
    place.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, place / part, dirs_exist_ok=True)
        else:
            shutil.copy2(ROOT / part, place / part)
    recordings, annotations = SOURCES[world]
    backbones = {}
    for name in networks:
        if name == "random":
            backbones |= CONFIG["backbones"]
            continue
        file = next(weights.glob(FILES[name]))
        settings = {"architecture": "MobileNet", "alpha": float(name), "weights": str(file)}
        backbones[f"mobilenet-{name}"] = settings
    recipes = {
        name: settings | ({"tuning": {"epochs": epochs}} if "train" in settings else {})
        for name, settings in CONFIG["recipes"].items()
    }
    given = {"recordings": {"source": recordings}, "annotations": {"source": annotations}}
    config = given | CONFIG | {"backbones": backbones, "recipes": recipes}
    (place / "config").mkdir(exist_ok=True)
    (place / "config/config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    return place


def judge(world: Path, backbone: str) -> dict[str, dict[str, np.ndarray]]:
    """F1 and mAP, over species and folds, of the clips that each fold held out, and of draws."""
    from anurans.scores.intervals import draw_groups
    from anurans.scores.metrics import average_precision

    found = {}
    for recipe in RECIPES:
        folds = sorted(
            (world / f"results/training/recording/{backbone}/original/{recipe}").iterdir()
        )
        rows = [
            (row, fold.name)
            for fold in folds
            for row in read_table(fold / "predictions.tsv")
            if row["role"] == "held_out"
        ]
        groups = np.array([row["recording"] for row, _ in rows])
        fold_of = np.array([fold for _, fold in rows])
        names, number = np.unique(groups, return_inverse=True)
        draws = np.vstack([np.ones(len(names)), draw_groups(len(names), DRAWS, 1)])
        weights = draws[:, number]
        f1, ap = [], []
        for species in CONFIG["species"]:
            label = np.array([row[f"label_{species}"] == "1" for row, _ in rows])
            called = np.array([row[f"predicted_{species}"] == "1" for row, _ in rows])
            score = np.array([float(row[f"score_{species}"]) for row, _ in rows])
            hits = weights @ (label & called)
            f1.append(2 * hits / np.maximum(weights @ label + weights @ called, 1e-9))
            ap.append(
                np.nanmean(
                    [
                        average_precision(label[at], score[at], weights[:, at])
                        for at in (fold_of == fold for fold in np.unique(fold_of))
                        if label[at].any()
                    ],
                    axis=0,
                )
            )
        found[recipe] = {"F1": np.mean(f1, axis=0), "mAP": np.mean(ap, axis=0)}
    return found


def spent(world: Path, backbone: str, recipe: str) -> tuple[float, float]:
    """Seconds of the processor, and MB at the peak, of a training: their means over folds."""
    rule = "train_model" if recipe == "frozen" else "finetune_model"
    folder = world / f"results/benchmarks/{rule}/recording/{backbone}/original/{recipe}"
    rows = [read_table(path)[0] for path in sorted(folder.glob("*.tsv"))]
    return mean(float(row["cpu_time"]) for row in rows), max(float(row["max_rss"]) for row in rows)


def interval(values: np.ndarray) -> str:
    """A value, and the 95 % interval of its draws."""
    low, high = np.nanquantile(values[1:], [0.025, 0.975])
    return f"{values[0]:.2f} ({low:.2f} to {high:.2f})"


def rows_of(world: Path, name: str) -> list[str]:
    """Rows of the table of a world."""
    lines = []
    for backbone in yaml.safe_load((world / "config/config.yaml").read_text())["backbones"]:
        found = judge(world, backbone)
        for recipe in RECIPES:
            of = found[recipe]
            gain = of["mAP"] - found["frozen"]["mAP"]
            seconds, memory = spent(world, backbone, recipe)
            runs = world / f"results/training/recording/{backbone}/original/{recipe}"
            epochs = [
                read_table(path)[0]["best_epoch"] for path in sorted(runs.glob("*/metrics.tsv"))
            ]
            cells = [
                *(name, backbone, recipe, interval(of["mAP"]), interval(of["F1"])),
                "" if recipe == "frozen" else interval(gain),
                *(", ".join(epochs), f"{seconds:.0f}", f"{memory:.0f}"),
            ]
            lines.append(f"| {' | '.join(cells)} |")
    return lines


RATE = """
import sys, time
sys.path.insert(0, sys.argv[1])
from anurans.heads.finetuning import Network, Tuning, prepare
prepare("tensorflow", 2, 1)
import numpy as np
from anurans.heads.dense import Head, Layer
from anurans.heads.finetuning_data import Epoch, Examples, Images
from anurans.networks.backbones import load_model
from anurans.sounds.shards import open_shard
paths = sys.argv[3:]
clips = []
for path in paths:
    with open_shard(path) as shard:
        clips += shard.clips.clip.tolist()
model = load_model(sys.argv[2])
images = Images([(paths, clips)])
labels = np.zeros((len(clips), 3), np.float32)
layer = Layer("probability", np.zeros((model.output_shape[1], 3), np.float32), np.zeros(3, np.float32), "sigmoid")
network = Network(model, Head([layer]), Tuning("all"))
network.get_ready(18, None)
streamed = Examples(images, labels, labels + 1)
memory, both = images[:], np.concatenate([labels, labels + 1], axis=1)
found = {"streamed": [], "in memory": []}
def timed(name, work):
    clock, processor = time.perf_counter(), time.process_time()
    work()
    found[name].append((time.perf_counter() - clock, time.process_time() - processor))
for turn in range(5):
    epoch = Epoch(streamed, np.arange(len(clips)), 16, 1, 0.2, 1, turn)
    timed("streamed", lambda: network.train(epoch))
    timed("in memory", lambda: network.model.fit(memory, both, batch_size=16, epochs=1, verbose=0))
# The first of each compiles.
for name, each in found.items():
    clock, processor = np.median(np.array(each[1:]), axis=0) / len(clips)
    print(f"{name}: {1 / clock:.1f} a second of the clock, {1 / processor:.1f} of a core")
"""  # noqa: E501


def rate(world: Path) -> str:
    """Images that a training takes a second from shards, and by model.fit in memory."""
    backbone = next((world / "results/backbones").iterdir()) / "model.keras"
    shards = sorted((world / "results/spectrograms/original").glob("*.h5"))
    command = [sys.executable, "-c", RATE, str(SCRIPTS), str(backbone), *map(str, shards)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ})
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return "; ".join(done.stdout.strip().splitlines()[-2:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, default=Path("/"), help="folder of weights files")
    parser.add_argument("--worlds", nargs="+", choices=SOURCES, default=list(SOURCES))
    parser.add_argument("--networks", nargs="+", default=[*FILES, "random"])
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--folder", type=Path, default=Path("finetuning-worlds"))
    parser.add_argument("--rate", action="store_true", help="measure images a second too")
    given = parser.parse_args()
    print(
        "| world | network | trained | mAP | F1 | mAP more than frozen | best epochs | s | MB |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    for name in given.worlds:
        weights = given.weights.resolve()
        world = make(given.folder.resolve(), name, given.networks, weights, given.epochs)
        snakemake(world, "results/summary.csv")
        print("\n".join(rows_of(world, name)), flush=True)
        if given.rate:
            print(f"images: {rate(world)}", flush=True)
    print("\n".join(machine()))


if __name__ == "__main__":
    main()
