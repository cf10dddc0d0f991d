"""A grid of logistic heads: 5 networks, 5 datasets, 5 folds, on 366 minutes, after embeddings.

On its own: .venv/bin/python benchmarks/run.py --only heads [--quick] [--folder FOLDER]

The networks are one and the same, MobileNet at a quarter of its width, whose embeddings are 1792
wide (pooled over time), as those of others are 1024 to 2048 wide. Its weights are those of ImageNet
where they are at hand. Where they are random, little is learnt, so that all penalties are tried,
and trainings take longer.
"""

from pathlib import Path

import yaml
from measuring import ROOT, Row, snakemake
from synthetic import make_world

GOAL = 180  # s of the clock
WEIGHTS = ROOT.parent / "shared/weights/mobilenet_2_5_224_tf_no_top.h5"
NETWORK = {"architecture": "MobileNet", "alpha": 0.25, "pooling": "time"}


def config(quick: bool) -> dict:
    """The split and datasets of config/inct41.yaml, with logistic heads alone."""
    found = yaml.safe_load((ROOT / "config/inct41.yaml").read_text(encoding="utf-8"))
    count = 2 if quick else 5
    lenient = {"folds": count, "allow_missing": list(found["species"])}
    lenient |= {"salt": "21"} if quick else {}
    found["splits"] = {"night": found["splits"]["night"] | lenient}
    found["datasets"] = dict(list(found["datasets"].items())[:count])
    network = NETWORK | {"weights": str(WEIGHTS) if WEIGHTS.exists() else "random"}
    found["backbones"] = {f"network-{number}": network for number in range(1, count + 1)}
    found["recipes"] = {"logistic": {}}
    del found["experiments"]
    return found


def rows(folder: Path, quick: bool):
    """Measure, and give the row of the table."""
    world, count = folder / "heads-grid", 48 if quick else 366
    if not world.exists():
        make_world(world, count, config(quick))
        # All that heads are trained on, and nothing else.
        snakemake(world, "results/summary.csv", "--until", "embed_spectrograms", "assign_roles")
    began = snakemake(world, "results/summary.csv", "--dry-run", "--quiet")
    spent = snakemake(world, "results/summary.csv")
    runs = len(list((world / "results/training").glob("*/*/*/*/*/metrics.tsv")))
    kind = "ImageNet" if WEIGHTS.exists() else "random"
    each = (spent.processor - began.processor) / runs
    yield Row(
        f"a grid of {runs} logistic heads on MobileNet 0.25 of {kind} weights, {count} minutes, "
        "two cores, `results/summary.csv` after embeddings",
        "the clock",
        f"{spent.clock:.0f} s ({spent.processor:.0f} s of the processor, "
        f"{each:.1f} a training, its evaluation and the start of both)",
        f"{GOAL} s",
        spent.clock <= GOAL if not quick else None,
    )
