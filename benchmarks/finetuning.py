"""Whether training a network pays: frozen, its last block, all of it, on the same recordings.

    .venv/bin/python benchmarks/finetuning.py --weights FOLDER [--worlds demo season]
        [--networks 0.25 1.0 random] [--sizes 25 50 100 200] [--salts 1 2] [--epochs N]
        [--folder FOLDER] [--cores N] [--rate]

Runs the workflow with MobileNets of ImageNet weights, of which FOLDER has the files, and one of
random weights: a logistic head on the frozen network against the last block and against all of it.

- demo: its 24 minutes, three folds by recording; judged are the clips that each fold held out.
- season: the first 25, 50, 100 and all 200 recordings of the demo's season, in an order that a salt
  draws, with labels from its truth. A quarter of them validates. Judged are 200 others, drawn alike
  for the nights two days later, which nothing learns from.

Tells F1 and mAP of the clips that are judged, with intervals over recordings, differences to the
frozen network from the same draws, time of the processor and memory of a run. What was run is not
run again.

`--rate` measures besides how many images a training takes a second, from their shards, with masks
and mixtures, against `model.fit` of the same network on images in memory, on two threads.
"""

import argparse
import csv
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from statistics import mean

import numpy as np
import yaml
from measuring import ROOT, SCRIPTS, copy_workflow, machine, snakemake

sys.path.insert(0, str(ROOT / "resources/demo/season"))
sys.path.insert(0, str(SCRIPTS))

import draw as seasons

from anurans.common.tables import read_table

FILES = {"0.25": "mobilenet_2_5_224*.h5", "1.0": "mobilenet_1_0_224*.h5"}
SIZES, SALTS = (25, 50, 100, 200), ("1", "2")
SPECIES = {
    "BOAALB": "Boana albopunctata",
    "PHYCUV": "Physalaemus cuvieri",
    "BOALUN": "Boana lundii",
}
RECIPES = {"frozen": {}, "last_block": {"train": "last_block"}, "all": {"train": "all"}}
SEASON = {"recordings": {"source": "audio"}, "annotations": {"source": "truth.csv"}}
SHARED = {"validation": 0.25, "allow_missing": list(SPECIES)}
# Of the sound of the season, as that of the workflow, and of the nights that judge.
SEED, OTHER = 42, 2023
DRAWS = 2000


def make(folder: Path, world: str, given: argparse.Namespace) -> Path:
    """A folder with the workflow, and a config of the networks; the workflow stays as it was."""
    place = copy_workflow(folder / f"finetuning-{world}")
    config = SOURCES[world](place, given)
    recipes = {
        name: settings | ({"tuning": {"epochs": given.epochs}} if settings else {})
        for name, settings in RECIPES.items()
    }
    write_config(place, config | {"backbones": networks(given), "recipes": recipes})
    return place


def write_config(place: Path, config: dict) -> None:
    """Write a config for the three frogs."""
    config |= {"species": SPECIES, "spectrogram": {"fmin": 200, "fmax": 8000}, "shards": 4}
    (place / "config").mkdir(exist_ok=True)
    (place / "config/config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))


def networks(given: argparse.Namespace) -> dict[str, dict]:
    """The networks that are asked for, as a config has them."""
    found = {}
    for name in given.networks:
        if name == "random":
            found["random"] = {"architecture": "MobileNet", "alpha": 0.25, "weights": "random"}
            continue
        file = next(given.weights.resolve().glob(FILES[name]))
        settings = {"architecture": "MobileNet", "alpha": float(name), "weights": str(file)}
        found[f"mobilenet-{name}"] = settings
    return found


def demo(place: Path, given: argparse.Namespace) -> dict:
    """Sources and splits of the demo."""
    split = SHARED | {"by": "recording", "test": 0.25, "folds": 3, "salt": "254"}
    return {
        "recordings": {"source": "resources/demo/recordings.csv"},
        "annotations": {"source": "resources/demo/annotations"},
        "splits": {"recording": split},
    }


def season(place: Path, given: argparse.Namespace) -> dict:
    """Sources and splits of the season, whose sound is made here."""
    every, splits = make_season(place), {}
    for salt in given.salts:
        for size in given.sizes:
            learnt = {*drawn(salt)[:size]}
            rows = [(name, "all" if name in learnt else "test") for name in every]
            file = f"salt-{salt}-{size}.csv"
            write(place / file, ("recording", "fold"), rows)
            splits[name_of(size, salt)] = SHARED | {"by": "file", "file": file, "salt": salt}
    return SEASON | {"splits": splits}


def make_season(place: Path) -> list[str]:
    """Make recordings and truth of the season and of what judges; give the names of all."""
    truth = seasons.draw(seasons.FIRST, 2021) + others()
    every = sorted({name for name, *_ in truth})
    write(place / "truth.csv", ("recording", "start", "end", "label"), truth)
    synthesise(place, every)
    return every


def drawn(salt: str) -> list[str]:
    """Recordings of the season in an order that a salt draws."""
    from anurans.splits.splits import place

    names = {name for name, *_ in seasons.draw(seasons.FIRST, 2021)}
    return sorted(names, key=lambda name: place(salt, "order", name))


SOURCES = {"demo": demo, "season": season}


def name_of(size: int, salt: str) -> str:
    """Name of a split of the season."""
    return f"salt{salt}-{size:03d}"


def write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table."""
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def synthesise(place: Path, names: Sequence[str]) -> None:
    """Make the sound of the season, where it is not there."""
    import soundfile

    from anurans.annotations.sources import annotations_of
    from anurans.recordings import season as sounds
    from anurans.recordings.demo import SAMPLE_RATE

    folder = place / "audio"
    folder.mkdir(exist_ok=True)
    missing = [name for name in names if not (folder / f"{name}.flac").exists()]
    truth = annotations_of(str(place / "truth.csv"), list(names), {"species": ()})
    for name in missing:
        sound = sounds.synthesise(truth[name], name, SEED)
        soundfile.write(folder / f"{name}.flac", sound, SAMPLE_RATE, subtype="PCM_16")


def judge(world: Path, splits: Sequence[str], backbone: str) -> dict[str, dict[str, np.ndarray]]:
    """F1 and mAP of recordings that are judged, over species, runs and splits, and of draws."""
    of = [judge_split(world, split, backbone) for split in splits]
    return {
        recipe: {score: np.mean([each[recipe][score] for each in of], axis=0) for score in scores}
        for recipe, scores in of[0].items()
    }


def judge_split(world: Path, split: str, backbone: str) -> dict[str, dict[str, np.ndarray]]:
    """The same of one split."""
    from anurans.scores.intervals import draw_groups
    from anurans.scores.metrics import average_precision

    found, judging = {}, {name for name, *_ in others()}
    for recipe in RECIPES:
        folds = sorted((world / f"results/training/{split}/{backbone}/original/{recipe}").iterdir())
        rows = [
            (row, fold.name)
            for fold in folds
            for row in read_table(fold / "predictions.tsv")
            if row["role"] == "held_out" or (row["role"] == "test" and row["recording"] in judging)
        ]
        groups = np.array([row["recording"] for row, _ in rows])
        fold_of = np.array([fold for _, fold in rows])
        names, number = np.unique(groups, return_inverse=True)
        draws = np.vstack([np.ones(len(names)), draw_groups(len(names), DRAWS, 1)])
        weights = draws[:, number]
        f1, ap = [], []
        for species in SPECIES:
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


def others() -> list[tuple[str, ...]]:
    """Truth of the recordings that judge."""
    return seasons.draw(seasons.FIRST + timedelta(days=2), OTHER)


def files(folder: Path, runs: Sequence[str], pattern: str) -> list[Path]:
    """Files of runs."""
    return [path for run in runs for path in sorted((folder / run).glob(pattern))]


def spent(runs: Sequence[Path]) -> tuple[float, float]:
    """Seconds of the processor, and MB at the peak, of a training: their means over runs."""
    rows = [read_table(path)[0] for path in runs]
    return mean(float(row["cpu_time"]) for row in rows), max(float(row["max_rss"]) for row in rows)


def interval(values: np.ndarray) -> str:
    """A value, and the 95 % interval of its draws."""
    low, high = np.nanquantile(values[1:], [0.025, 0.975])
    return f"{values[0]:.3f} ({low:.3f} to {high:.3f})"


def rows_of(world: Path, name: str, backbone: str, splits: Sequence[str]) -> list[str]:
    """Rows of the table, of a network and of splits that are averaged."""
    lines, found = [], judge(world, splits, backbone)
    for recipe in RECIPES:
        of, frozen = found[recipe], found["frozen"]
        runs = [f"{split}/{backbone}/original/{recipe}" for split in splits]
        rule = "train_model" if recipe == "frozen" else "finetune_model"
        seconds, memory = spent(files(world / f"results/benchmarks/{rule}", runs, "*.tsv"))
        metrics = files(world / "results/training", runs, "*/metrics.tsv")
        epochs = [read_table(path)[0]["best_epoch"] for path in metrics]
        gains = [interval(of[score] - frozen[score]) for score in ("mAP", "F1")]
        cells = [
            *(name, backbone, recipe, interval(of["mAP"]), interval(of["F1"])),
            *(["", "", ""] if recipe == "frozen" else [*gains, ", ".join(epochs)]),
            *(f"{seconds:.0f}", f"{memory:.0f}"),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def tables(world: Path, name: str, given: argparse.Namespace) -> None:
    """Print what came of a world, network by network and size by size, first of all salts."""
    wanted = [("demo", ["recording"])]
    if name == "season":
        wanted = [
            (f"season, {size}, {'salts' if len(salts) > 1 else 'salt'} {' '.join(salts)}", splits)
            for size in given.sizes
            for salts in dict.fromkeys([tuple(given.salts), *((salt,) for salt in given.salts)])
            for splits in [[name_of(size, salt) for salt in salts]]
        ]
    for backbone in networks(given):
        for told, splits in wanted:
            print("\n".join(rows_of(world, told, backbone, splits)), flush=True)


RATE = """
import sys, time
# Short epochs in turn: what else runs on the machine disturbs both alike.
CLIPS, TURNS = 256, 12
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
clips = clips[:CLIPS]
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
ways = {
    "streamed": lambda turn: network.train(Epoch(streamed, np.arange(len(clips)), 16, 1, 0.2, 1, turn)),
    "in memory": lambda turn: network.model.fit(memory, both, batch_size=16, epochs=1, verbose=0),
}
for turn in range(TURNS + 1):
    for name in sorted(ways, reverse=bool(turn % 2)):
        timed(name, lambda: ways[name](turn))
# The first of each compiles.
middle = {name: np.median(np.array(each[1:]), axis=0) / len(clips) for name, each in found.items()}
for name, (clock, processor) in middle.items():
    print(f"{name}: {1 / clock:.1f} a second of the clock, {1 / processor:.1f} of a core")
clock, processor = middle["in memory"] / middle["streamed"]
print(f"streamed by in memory: {clock:.2f} by the clock, {processor:.2f} by the processor")
"""  # noqa: E501


def rate(world: Path) -> str:
    """Images that a training takes a second from shards, and by model.fit in memory."""
    backbone = next((world / "results/backbones").iterdir()) / "model.keras"
    shards = sorted((world / "results/spectrograms/original").glob("*.h5"))
    command = [sys.executable, "-c", RATE, str(SCRIPTS), str(backbone), *map(str, shards)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ})
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return "; ".join(done.stdout.strip().splitlines()[-3:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, default=Path("/"), help="folder of weights files")
    parser.add_argument("--worlds", nargs="+", choices=SOURCES, default=list(SOURCES))
    parser.add_argument("--networks", nargs="+", default=[*FILES, "random"])
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("--salts", nargs="+", default=SALTS)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--folder", type=Path, default=Path("finetuning-worlds"))
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--rate", action="store_true", help="measure images a second too")
    given = parser.parse_args()
    print(
        "| world | network | trained | mAP | F1 | mAP more than frozen | F1 more than frozen "
        "| best epochs | s | MB |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    for name in given.worlds:
        world = make(given.folder.resolve(), name, given)
        snakemake(world, "results/summary.csv", cores=given.cores)
        tables(world, name, given)
        if given.rate:
            print(f"images: {rate(world)}", flush=True)
    print("\n".join(machine()))


if __name__ == "__main__":
    main()
