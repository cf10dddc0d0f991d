"""The demo as a newcomer meets it: how long it takes, and whether estimates said so.

On its own: .venv/bin/python benchmarks/run.py --only first_hour [--quick] [--folder FOLDER]

By the clock, so that it needs a machine with nothing else to do.
"""

import re
import subprocess
import sys
from pathlib import Path

from measuring import ROOT, Row, snakemake
from synthetic import move_call

GOAL, FACTOR = 180, 1.5
UNITS = {"second": 1, "minute": 60, "hour": 3600}


def rows(folder: Path, quick: bool):
    """Measure, and give the rows of the table."""
    world = folder / "first-hour"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(world)], check=True)
    told = estimate(world, "runs")
    first = snakemake(world, "results/summary.csv")
    yield Row(
        "`make summary` after the environment, the demo with BirdNET in it, 2 cores",
        "the clock",
        f"{first.clock:.0f} s ({first.processor:.0f} s of the processor)",
        f"{GOAL} s",
        first.clock <= GOAL if not quick else None,
    )
    snakemake(world, "all")
    # A call that is moved: its labels, the trainings on it, and all that follows from them.
    label = min((world / "resources/demo/annotations").glob("*.txt"), key=busiest)
    move_call(label)
    again_told = estimate(world, "status")
    again = snakemake(world, "all")
    for what, guess, took in (
        ("`snakemake runs` before the first run", told, first.clock),
        ("`snakemake status` after an annotation was corrected", again_told, again.clock),
    ):
        factor = max(guess / took, took / guess)
        yield Row(
            f"estimate of {what}",
            "the clock of that run",
            f"{guess:.0f} against {took:.0f} s, a factor of {factor:.2f}",
            f"{FACTOR}",
            factor <= FACTOR if not quick else None,
        )


def busiest(path: Path) -> int:
    """Sorts files of labels, those with most calls first."""
    return -len(path.read_text().splitlines())


def estimate(world: Path, command: str) -> float:
    """Seconds that a command says it will take on two cores."""
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", command],
        cwd=world,
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"[Aa]bout (\d+) (second|minute|hour)s?", done.stdout + done.stderr)
    if found is None:
        raise RuntimeError(f"{command} told no time:\n{done.stdout[-2000:]}")
    return int(found[1]) * UNITS[found[2]]
