"""Time what decides which jobs are outdated: digests of annotations and of code.

Usage: PYTHONPATH=workflow/scripts python benchmarks/digests.py [FOLDER]

FOLDER holds a label file per recording; without it 366 files are made up. Every job of a cluster
parses the workflow again, so that all of this must be cheap. Prints a table: seconds on the clock,
of the processor, and what the project allows on a quiet machine.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from anurans.annotations.sources import AnnotationSource
from anurans.common.code_digests import Code

SCRIPTS = Path(__file__).resolve().parents[1] / "workflow/scripts"
SPECIES = ("BOAALB", "PHYCUV", "BOALUN")
RECORDINGS, CALLS, ROWS = 366, 30, 1_000_000


def main(arguments):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(arguments[0]) if arguments else make_files(Path(place))
        names = sorted(path.stem for path in folder.glob("*.txt"))
        table = make_table(Path(place) / "annotations.csv")
        of = [f"REC_{number:04d}" for number in range(RECORDINGS)]
        scripts = sorted(SCRIPTS.glob("*.py"))
        print(f"{'what':50}  {'clock':>6}  {'processor':>9}  {'allowed':>7}")
        show(f"names of {len(names)} label files", "", AnnotationSource, folder, names, SPECIES)
        show(f"one digest of {len(names)} label files", 0.3, digest, folder, names)
        show(f"a digest of each of {len(names)} label files", 0.3, digest_each, folder, names)
        show(f"one digest of a table of {ROWS:,} rows", 5.0, digest, table, of)
        show(f"digests of the code of {len(scripts)} rules", "", digest_code, scripts)


def show(what, allowed, work, *arguments):
    """Print what some work takes; once, as in a process that has just begun."""
    clock, processor = time.perf_counter(), time.process_time()
    work(*arguments)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(f"{what:50}  {clock:6.3f}  {processor:9.3f}  {allowed:>7}", flush=True)


def digest_code(scripts):
    code = Code(SCRIPTS)
    return [code.digest(script.name) for script in scripts]


def digest(source, names):
    return AnnotationSource(source, names, SPECIES).digest(names)


def digest_each(source, names):
    source = AnnotationSource(source, names, SPECIES)
    return [source.digest([name]) for name in names]


def calls(number, of=SPECIES):
    """Make up calls: start, end, label."""
    for _ in range(number):
        start = random.uniform(0, 59)
        yield start, start + random.uniform(0.1, 1), f"{random.choice(of)}_{random.choice('LMC')}"


def make_files(folder):
    for number in range(RECORDINGS):
        lines = (f"{start:.6f}\t{end:.6f}\t{label}\n" for start, end, label in calls(CALLS))
        (folder / f"REC_{number:04d}.txt").write_text("".join(lines), encoding="utf-8")
    return folder


def make_table(path):
    with path.open("w", encoding="utf-8") as file:
        file.write("recording,start,end,label\n")
        for row, (start, end, label) in enumerate(calls(ROWS)):
            file.write(f"REC_{row % RECORDINGS:04d},{start:.6f},{end:.6f},{label}\n")
    return path


if __name__ == "__main__":
    main(sys.argv[1:])
