"""Measure the project against other ways, and print a table: make bench.

    .venv/bin/python benchmarks/run.py [--quick] [--only images embedding ...] [--folder FOLDER]

Everything is measured side by side in this one run, in turn, by medians. What is compared is
processor time, so that others on the machine matter little; where the clock is meant it is said.
The table goes to benchmarks/RESULTS.md too, but for --quick, which is to see that all runs.
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

import detection
import embedding
import grid
import growth
import heads_grid
import images
import measuring
import sound_networks
import training
from measuring import ROOT, Row, machine

PARTS = (
    "images",
    "embedding",
    "sound_networks",
    "training",
    "memory",
    "growth",
    "detection",
    "heads",
    "grid",
)
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
    return [*lines, "", "Notes:", "", *notes]


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few minutes; not for judging")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
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
        folder = given.folder or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / "rows.json"
        rows = json.loads(kept.read_text()) if kept.exists() else {}
        rows |= {part: [] for part in given.only}
        began = time.time()
        for part, row in measured(given, folder):
            rows[part].append(asdict(row))
            print(f"[{time.time() - began:5.0f} s] {verdict(row):12} {row.work}", flush=True)
            print(f"            {row.measured} (goal: {row.goal})", flush=True)
            kept.write_text(json.dumps(rows, indent=1))
    lines = markdown([Row(**row) for part in PARTS for row in rows.get(part, ())])
    print("\n" + "\n".join([*lines, "", *machine()]))
    if not given.quick and set(rows) == set(PARTS):
        write(lines)


def measured(given, folder: Path):
    """Rows of the parts that are asked for, each with its part."""
    quick = given.quick
    shard = images.make(folder, quick)
    for part in given.only:
        for row in rows_of(part, given, folder, shard, quick):
            yield part, row


def rows_of(part: str, given, folder: Path, shard: Path, quick: bool):
    """Rows of one part."""
    match part:
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
        case "grid":
            yield from grid.run_all(folder, shard, quick, given.seconds)


def write(lines: list[str]) -> None:
    """Write the table, and the machine, to RESULTS.md."""
    found = json.loads((ROOT / "benchmarks/growth.json").read_text())
    text = [
        "# Measured",
        "",
        "By `make bench`, in one run, side by side and in turn, medians; processor time unless the "
        "clock is named, so that what else the machine does matters little. "
        "[docs/speed.md](../docs/speed.md) explains.",
        "",
        *(f"- {line}" for line in machine()),
        "",
        *lines,
        "",
        "## Growth",
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
