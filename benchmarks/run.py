"""Measure the project against other ways, and print a table: make bench.

    .venv/bin/python benchmarks/run.py [--quick] [--only images embedding ...] [--folder FOLDER]

What stands in a row is measured side by side in one run, in turn, by medians. What is compared is
processor time, so that others on the machine matter little; where the clock is meant it is said.
Rows go to benchmarks/results.json and RESULTS.md, those of a part with its day and machine, but for
--quick, which is to see that all runs.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import correction
import detection
import embedding
import first_hour
import grid
import growth
import heads_grid
import images
import measuring
import sound_networks
import training
from measuring import ROOT, Row, machine

# What each part is called in RESULTS.md.
PARTS = {
    "first_hour": "The demo",
    "images": "Images",
    "embedding": "Embeddings of images",
    "sound_networks": "Embeddings of sound",
    "training": "Trainings",
    "memory": "Memory of a training",
    "heads": "Logistic heads",
    "correction": "Corrections",
    "growth": "Memory of jobs",
    "detection": "New recordings",
    "grid": "The whole grid",
}
# Parts that take a shard of images, which is made once.
OF_IMAGES = {"images", "embedding", "training", "detection", "grid"}
KEPT = ROOT / "benchmarks/results.json"
HEAD = ("work", "against", "measured", "goal", "")


def verdict(row: Row) -> str:
    """Whether the goal is reached."""
    return {True: "reached", False: "not reached", None: "not judged"}[row.reached]


def markdown(rows: list[Row]) -> list[str]:
    """The table, with what there is to say of each row below."""
    lines = ["| " + " | ".join(HEAD) + " |", "| --- " * len(HEAD) + "|"]
    for row in rows:
        cells = (row.work, row.against, row.measured, row.goal, f"**{verdict(row)}**")
        lines.append("| " + " | ".join(cells) + " |")
    notes = [f"- {row.work}: {row.note}" for row in rows if row.note]
    return [*lines, *(["", "Notes:", "", *notes] if notes else [])]


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few minutes; not for judging")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[*PARTS])
    parser.add_argument("--rounds", type=int, help="turns of each measurement")
    parser.add_argument(
        "--seconds", type=int, default=60, help="length of the recordings of the whole grid"
    )
    parser.add_argument(
        "--folder", type=Path, help="where to work; kept, so that parts can be measured one by one"
    )
    given = parser.parse_args()
    measuring.ROUNDS = given.rounds
    # As at a user's: what Python compiles is kept, and not compiled anew by each job.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="anurans-bench-") as place:
        folder = (given.folder or Path(place)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        began, rows = time.time(), {part: [] for part in given.only}
        for part, row in measured(given, folder):
            rows[part].append(row)
            print(f"[{time.time() - began:5.0f} s] {verdict(row):12} {row.work}", flush=True)
            print(f"            {row.measured} (goal: {row.goal})", flush=True)
    print(
        "\n"
        + "\n".join([*markdown([row for mine in rows.values() for row in mine]), "", *machine()])
    )
    if not given.quick:
        keep(rows)


def measured(given, folder: Path):
    """Rows of the parts that are asked for, each with its part."""
    quick = given.quick
    shard = images.make(folder, quick) if OF_IMAGES & set(given.only) else folder
    for part in given.only:
        for row in rows_of(part, given, folder, shard, quick):
            yield part, row


def rows_of(part: str, given, folder: Path, shard: Path, quick: bool):
    """Rows of one part."""
    match part:
        case "first_hour":
            yield from first_hour.rows(folder, quick)
        case "images":
            yield from images.rows(shard, quick)
        case "embedding":
            yield from embedding.rows(shard, quick)
        case "sound_networks":
            yield from sound_networks.rows(folder, quick)
        case "training":
            yield from training.rows(folder, shard, quick)
        case "memory":
            yield training.large(folder, quick)
        case "growth":
            found = growth.measure(folder, [12, 36] if quick else [12, 36, 120, 360])
            yield from growth.rows(found, quick)
            if not quick:
                growth.save(found)
                growth.draw(found)
        case "detection":
            yield from detection.rows(folder, shard, quick)
        case "heads":
            yield from heads_grid.rows(folder, quick)
        case "correction":
            yield from correction.rows(folder, quick)
        case "grid":
            yield from grid.run_all(folder, shard, quick, given.seconds)


def keep(rows: dict[str, list[Row]]) -> None:
    """Put the rows of parts in place of those that were measured before, and write RESULTS.md."""
    known = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for part, mine in rows.items():
        day, told = time.strftime("%Y-%m-%d"), machine()
        known[part] = {"day": day, "machine": told, "rows": [asdict(row) for row in mine]}
    known = {part: known[part] for part in PARTS if part in known}
    KEPT.write_text(json.dumps(known, indent=1) + "\n")
    write(known)


def write(known: dict) -> None:
    """Write RESULTS.md: the table of each part, with its day and machine."""
    found = json.loads((ROOT / "benchmarks/growth.json").read_text())
    text = [
        "# Measured",
        "",
        "By `make bench`: what stands in a row was measured in one run, side by side and in turn, "
        "by medians. It is processor time unless the clock is named, so that what else the machine "
        "does matters little. [docs/speed.md](../docs/speed.md) explains.",
    ]
    for part, of in known.items():
        text += ["", f"## {PARTS[part]}", "", f"On {of['day']}.", ""]
        text += [f"- {line}" for line in of["machine"]]
        text += ["", *markdown([Row(**row) for row in of["rows"]])]
    text += [
        "",
        "## Growth, stage by stage",
        "",
        "Processor time of each stage; what it takes to start is in it, so that small stages seem "
        "to grow slowly.",
        "",
        *growth.table(found),
        "",
        "![Growth](../docs/growth.png)",
    ]
    (ROOT / "benchmarks/RESULTS.md").write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main()
