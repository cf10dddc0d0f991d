"""A whole grid of trainings: how long, against the study's way; and what a correction costs."""

import csv
import json
import re
import sys
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

from measuring import Row, Spent, in_turn, probing, snakemake, spend, times, way
from synthetic import inct41, make_world, move_call

TARGET = "results/summary.csv"
# Rules whose work grows with the length of the recordings.
GROWING = (
    "inspect_recordings",
    "cut_clips",
    "stretch_time",
    "compute_spectrograms",
    "mask_spectrograms",
    "plan_masks",
    "plan_stretches",
    "embed_spectrograms",
    "label_clips",
    "train_model",
    "evaluate_model",
)
# Profiles a dry run, and sums what is spent in functions of whom.
PROFILE = """
import cProfile, json, pstats, sys
from snakemake.cli import main
sys.argv = ["snakemake", "--cores", "2", "-n", "results/summary.csv"]
profile, found = cProfile.Profile(), {}
try:
    profile.runcall(main)
except SystemExit:
    pass
for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile).stats.items():
    place = next((name for name in ("anurans", "snakemake") if f"/{name}/" in file), "Python")
    found[place] = found.get(place, 0) + own
open("profile.json", "w").write(json.dumps(found))
"""


def probed(world: Path, log: str, *arguments: str) -> tuple[Spent, list[dict]]:
    """Run snakemake, and tell what it took, and what each of its processes did."""
    path = world / log
    path.unlink(missing_ok=True)
    spent = snakemake(world, *arguments, environment=probing(path))
    return spent, read_probe(path)


def read_probe(path: Path) -> list[dict]:
    """Processes that a probe saw, with the rule of each; Snakemake's own is called snakemake."""
    found = [json.loads(line) for line in path.read_text().splitlines()]
    for each in found:
        name = re.search(r"^tmp\w+\.(\w+)\.py$", each["what"])
        each["rule"] = name[1] if name else "snakemake"
    return found


def shares(spent: Spent, processes: list[dict], cores: int = 2) -> str:
    """Where the processor's time went, in words."""
    jobs = [each for each in processes if each["rule"] != "snakemake"]
    imports = sum(each["imports"][1] for each in jobs if each["imports"])
    work = sum(each["processor"] for each in jobs) - imports
    system = sum(each["system"] for each in jobs)
    own = spent.processor - sum(each["processor"] for each in jobs)
    parts = [
        ("computing", work - system),
        ("imports", imports),
        ("system calls, reading and writing among them", system),
        ("scheduling", own),
    ]
    text = ", ".join(f"{name} {100 * part / spent.processor:.0f} %" for name, part in parts)
    busy = spent.processor / (cores * spent.clock)
    slowest = defaultdict(float)
    for each in jobs:
        slowest[each["rule"]] += each["processor"]
    top = sorted(slowest.items(), key=lambda item: -item[1])[:4]
    told = ", ".join(f"{rule} {seconds:.0f} s" for rule, seconds in top)
    return (
        f"{len(jobs)} jobs; processor: {text}; most of it in {told}; {100 * busy:.0f} % of {cores} "
        "cores were ours"
    )


def study_seconds(world: Path, shard: Path, quick: bool) -> tuple[float, str]:
    """Processor seconds of the same grid done the study's way, from parts measured here."""
    rows = list(csv.DictReader((world / TARGET).open()))
    runs = {
        tuple(row[key] for key in ("split", "backbone", "dataset", "recipe", "fold")): row
        for row in rows
    }
    tables = {path.parent.name: 0 for path in (world / "results/clips").glob("*/*.tsv")}
    for path in (world / "results/clips").glob("*/*.tsv"):
        tables[path.parent.name] += sum(1 for _ in path.open()) - 1
    clips = shard / "results/clips/original/0000.h5"
    images = shard / "results/spectrograms/original/0000.h5"
    drawn = way("study_images", clips, 4 if quick else 12).each * sum(tables.values())
    fitted, predicted, total = {}, {}, 0.0
    for key, row in runs.items():
        backbone = key[1]
        model = world / f"results/backbones/{backbone}/model.keras"
        if backbone not in fitted:
            fitted[backbone] = way("fit", model, images, 32, 0).each
            predicted[backbone] = way("predict", model, images, 32).each
        trained = world / "results/training" / "/".join(key[:4]) / f"fold-{key[4]}/clips.tsv"
        with trained.open() as file:
            roles = [each["role"] for each in csv.DictReader(file, delimiter="\t")]
        used = roles.count("train"), roles.count("validation")
        epochs = int(row["epochs"])
        total += epochs * (used[0] * fitted[backbone] + used[1] * predicted[backbone])
        total += tables["original"] * predicted[backbone]
    epochs = sum(int(row["epochs"]) for row in runs.values())
    note = f"{sum(tables.values())} images and {len(runs)} trainings of {epochs} epochs in all"
    return drawn + total, note


def run_all(folder: Path, shard: Path, quick: bool, seconds: int):
    """Measure, and give the rows of the table.

    With recordings shorter than a minute, what grows with their length is counted as often as
    makes a minute of each.
    """
    count, factor = 24 if quick else 366, 60 / seconds
    config = inct41(quick) | {"embedding": {"precision": "auto"}}
    world = folder / "grid"
    kept = world / "first.json"
    if not kept.exists():
        make_world(world, count, config, seconds)
        first, _ = probed(world, "first.jsonl", TARGET)
        kept.write_text(json.dumps(asdict(first)))
    first, processes = Spent(**json.loads(kept.read_text())), read_probe(world / "first.jsonl")
    jobs = [each for each in processes if each["rule"] in GROWING and each["imports"]]
    growing = sum(each["processor"] - each["imports"][1] for each in jobs)
    ours = first.processor + (factor - 1) * growing
    theirs, note = study_seconds(world, shard, quick)
    theirs *= factor
    ratio = theirs / ours
    told = (
        f"{first.clock / 60:.1f} minutes of the clock"
        if factor == 1
        else f"measured on the first {seconds} s of each recording, {growing:.0f} of "
        f"{first.processor:.0f} s taken {factor:g} times"
    )
    yield Row(
        f"the whole `config/inct41.yaml`{' in small' if quick else ''}, {count} synthetic minutes, "
        "2 cores",
        f"the same grid the study's way, extrapolated: {note}",
        f"{ratio:.0f} times ({ours / 60:.1f} against {theirs / 60:.0f} minutes of the processor; "
        f"{told}); {ours / 120:.1f} minutes with two cores to itself",
        "15 times; under 30 minutes",
        (ratio >= 15 and ours / 120 < 30) if not quick else None,
        shares(first, processes) + ".",
    )
    yield from corrected(world, first, quick)
    yield nothing(world, folder, quick)


def corrected(world: Path, first: Spent, quick: bool):
    """Correct an annotation in a test recording, then in one that is trained on."""
    split = world / "results/splits/night.tsv"
    with split.open() as file:
        roles = {row["recording"]: row for row in csv.DictReader(file, delimiter="\t")}
    folds = [key for key in next(iter(roles.values())) if key.startswith("fold-")]
    chosen = {
        "the test part": [
            name for name, row in roles.items() if all(row[f] == "test" for f in folds)
        ],
        "training": [name for name, row in roles.items() if all(row[f] != "test" for f in folds)],
    }
    for where, names in chosen.items():
        path = next(p for n in names if (p := world / f"annotations/{n}.txt").stat().st_size)
        move_call(path)
        spent, processes = probed(world, "again.jsonl", TARGET)
        jobs = defaultdict(float)
        for each in processes:
            jobs[each["rule"]] += each["processor"]
        trainings = sum(each["rule"] == "train_model" for each in processes)
        share = spent.processor / first.processor
        early = sum(jobs[rule] for rule in ("label_clips", "collect_annotations", "assign_roles"))
        early += sum(
            jobs[rule] for rule in ("cut_clips", "compute_spectrograms", "embed_spectrograms")
        )
        told = ", ".join(
            f"{rule} {seconds:.0f} s"
            for rule, seconds in sorted(jobs.items(), key=lambda item: -item[1])[:4]
        )
        goal = (
            "at most 10 %"
            if where == "the test part"
            else "the trainings of its own rows; before them at most 1 %"
        )
        before = early / first.processor
        yield Row(
            f"an annotation corrected in {where}, then `{TARGET}` again",
            "the first run",
            f"{100 * share:.1f} % ({spent.processor:.0f} s; {trainings} trainings; what comes "
            f"before training {100 * before:.2f} %)",
            goal,
            (share <= 0.1 if where == "the test part" else before <= 0.01) if not quick else None,
            told + ".",
        )


def nothing(world: Path, folder: Path, quick: bool) -> Row:
    """A dry run where nothing is to be done, against one of a workflow of one rule."""
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    (empty / "Snakefile").write_text("rule all:\n    output: 'x'\n    shell: 'touch {output}'\n")
    (empty / "x").touch()
    found = in_turn(
        1 if quick else 5,
        ours=lambda: snakemake(world, "-n", TARGET),
        least=lambda: snakemake(empty, "-n", "x"),
    )
    ours, least = found["ours"], found["least"]
    ratio = times(ours, least)
    return Row(
        "nothing to do: `snakemake -n`, at this size",
        "Snakemake's own start, a workflow of one rule",
        f"{ratio:.1f} times ({ours.processor:.2f} against {least.processor:.2f} s)",
        "at most 1.5 times",
        ratio <= 1.5 if not quick else None,
        plan_note(world),
    )


def plan_note(world: Path) -> str:
    """Where the time of a dry run goes, by profile."""
    spend([sys.executable, "-c", PROFILE], world)
    found = json.loads((world / "profile.json").read_text())
    whole = sum(found.values())
    told = (f"{place} {100 * own / whole:.0f} %" for place, own in sorted(found.items()))
    return f"Of the time, in functions of {', '.join(told)} (profile of one dry run)."
