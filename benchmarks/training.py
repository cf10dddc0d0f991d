"""Trainings of heads, from the start of the job to its end, against training end to end."""

import json
import sys
from functools import partial
from pathlib import Path

import numpy as np
from measuring import SCRIPTS, Row, Spent, in_turn, job, way
from synthetic import SPECIES, names

sys.path.insert(0, str(SCRIPTS))
LINEAR = {
    "solver": "adam",
    "layers": [],
    "standardize": True,
    "dropout": 0.0,
    "l1": 0.0,
    "l2": 0.001,
    "balance": "none",
    "learning_rate": 0.001,
    "batch_size": 32,
    "epochs": 30,
    "save": "best",
    "early_stopping": None,
}
LAYER = {"units": 256, "activation": "relu", "dropout": 0.5, "l1": 0.0, "l2": 0.001}
DENSE = LINEAR | {"layers": [LAYER], "learning_rate": 1e-4, "epochs": 2}
SHARDS = 16


def make(folder: Path, recordings: int, width: int) -> Path:
    """Embeddings, tables and label files of so many recordings of a minute; numbers are random."""
    from anurans.recordings.clips import concatenate, original_clips
    from anurans.sounds.shards import write_shard

    (folder / "annotations").mkdir(parents=True)
    rng = np.random.default_rng(1)
    every = names(recordings)
    lines = ["clip\trecording\tgroup\tnight\tfold-1"]
    settings = {"backbone": {"architecture": "MobileNet"}, "parameters": 3_228_864}
    metadata = {"embedding": settings, "versions": {}, "spectrogram": {}}
    metadata["clips"] = {"length": 5.0}
    for shard in range(SHARDS):
        mine = every[shard::SHARDS]
        clips = concatenate([original_clips(name, 60.0, 5.0, 0.5) for name in mine])
        known = {name: {"sha256": "", "duration_s": 60.0, "channel": "mix"} for name in mine}
        # Blocks are alike: what they are does not matter, how many does.
        block = rng.normal(size=(12, width)).astype(np.float16)
        path = folder / f"embeddings/{shard:04d}.h5"
        about = metadata | {"recordings": known}
        write_shard(path, clips, (block for _ in mine), (width,), "float16", about)
    for number, name in enumerate(every):
        # Shares of a fold of config/inct41.yaml: 45 % of the clips are trained on.
        place = number * 61 % 100
        role = ("test", "held_out", "validation", "train")[
            np.searchsorted([30, 44, 55], place, "right")
        ]
        lines += [
            f"{name}_{5000 * clip:07d}\t{name}\t{name}\t{name[:15]}\t{role}" for clip in range(12)
        ]
        calls = [
            f"{5 * clip + 1}\t{5 * clip + 3}\t{species}_C\n"
            for clip, species in zip((0, 3, 7), SPECIES, strict=True)
        ]
        (folder / f"annotations/{name}.txt").write_text("".join(calls))
    (folder / "roles.tsv").write_text("\n".join(lines) + "\n")
    (folder / "recordings.csv").write_text("\n".join(["recording", *every]) + "\n")
    return folder


def train(folder: Path, recordings: int, recipe: dict, engine: str = "numpy") -> Spent:
    """Run the job; its unit is a clip that is trained on, once."""
    trained = 12 * sum(number * 61 % 100 >= 55 for number in range(recordings))
    return job(
        "train_model.py",
        folder,
        trained * recipe["epochs"],
        input={
            "originals": [f"embeddings/{shard:04d}.h5" for shard in range(SHARDS)],
            "copies": [],
            "roles": "roles.tsv",
            "recordings": "recordings.csv",
            "annotations": "annotations",
        },
        output={
            "head": "out/head.keras",
            "heads": "out/heads.h5",
            "history": "out/history.tsv",
            "clips": "out/clips.tsv",
            "scores": "out/scores.h5",
        },
        params={
            "settings": {"species": list(SPECIES)},
            "reading": {"species": list(SPECIES), "format": "auto", "columns": {}},
            "labelling": {
                "rule": "default",
                "min_overlap": 0.25,
                "min_fraction": 0.5,
                "ambiguous": "negative",
            },
            "copies": "all",
            "required": list(SPECIES),
            "by": "recording",
            "validation": "validation",
            "recipe": recipe,
            "combine": None,
            "engine": engine,
            "seed": 1,
            "code": "",
        },
        wildcards={"split": "s", "backbone": "b", "dataset": "d", "recipe": "r", "fold": "1"},
    )


def rows(folder: Path, world: Path, quick: bool):
    """Measure, and give the rows of the table."""
    images = world / "results/spectrograms/original/0000.h5"
    recordings = 40 if quick else 366
    clips = 12 * recordings
    cases = [
        ("pooled over time (7168 wide), linear head", 7168, LINEAR, 20, "mobilenet", 0),
        ("flattened (50 176 wide), head of 256 units", 50_176, DENSE, 4, "flat", 256),
    ]
    for what, width, recipe, goal, backbone, units in cases:
        place = make(folder / f"training-{width}", recordings, width)
        model = export(world, backbone)
        count = 32 if quick else 64
        rounds = {
            "ours": partial(train, place, recordings, recipe),
            "whole": partial(way, "fit", model, images, count, units),
            "scored": partial(way, "predict", model, images, count),
            "keras": partial(train, place, recordings, recipe, "tensorflow"),
        }
        found = in_turn(1 if quick else 3, **rounds)
        ours, keras = found["ours"], found["keras"]
        theirs = found["whole"].each * ours.units + found["scored"].each * clips
        ratio = theirs / ours.processor
        yield Row(
            f"training, {what}, job start to end",
            f"end-to-end `model.fit` of MobileNet, frozen, same {recipe['epochs']} epochs",
            f"{ratio:.0f} times ({ours.processor:.1f} against {theirs:.0f} s of the processor; "
            f"{1e3 * found['whole'].each:.1f} ms a clip and epoch, of {count} clips)",
            f"{goal} times",
            ratio >= goal,
            f"The same job by Keras on TensorFlow takes {keras.processor:.1f} s and "
            f"{keras.memory:.0f} MB, in NumPy {ours.memory:.0f} MB.",
        )


def export(world: Path, backbone: str) -> Path:
    """The .keras file of a backbone; `flat` is MobileNet, flattened."""
    from measuring import snakemake

    if backbone == "flat":
        path = world / "config/config.yaml"
        text = path.read_text()
        if "flat:" not in text:
            settings = {"architecture": "MobileNet", "weights": "random", "pooling": "flatten"}
            text = text.replace("backbones:\n", f"backbones:\n  flat: {json.dumps(settings)}\n")
            path.write_text(text)
    snakemake(world, f"results/backbones/{backbone}/about.json")
    return world / f"results/backbones/{backbone}/model.keras"


def large(folder: Path, quick: bool) -> Row:
    """Memory of a training on many flattened embeddings."""
    recordings = 125 if quick else 1250
    place = make(folder / "training-large", recordings, 50_176)
    spent = train(place, recordings, DENSE | {"epochs": 1})
    return Row(
        f"peak memory of a training on flattened embeddings of {12 * recordings:,} clips",
        "2 GB",
        f"{spent.memory / 1000:.2f} GB",
        "at most 2 GB",
        spent.memory < 2000 if not quick else None,
    )
