"""What planning takes for sites of 1,000 recordings to 200,000 or more, by names alone.

    .venv/bin/python benchmarks/scale.py [--sizes 1000 10000] [--million] [--finished]
        [--folder FOLDER]

Each site is a folder of empty files, the length of which no plan needs, and a table with three
annotations for each recording; the config is config/inct41.yaml, with a shard for every 1000
recordings. Measured are, each a process of its own: the parsing alone; the plan of
results/summary.csv (parse, and all that is planned), which is then kept as a workflow keeps it
that submits its jobs; and the start of one job as a cluster starts it, a training in a split by
clip, with the kept plan and without. Seconds are of the processor, but for one column. Prints a
table, and writes it to benchmarks/SCALE.md when all sizes were measured.

`--finished` plans over results that are all there instead: an empty file for each, recorded by
`snakemake --touch` with what its job would be made from. That takes long itself.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from measuring import ROOT, copy_workflow, machine

SPECIES = ("BOAALB", "PHYCUV", "BOALUN")
# Recordings in a shard: its longest job, ResNet50 on one core, takes a quarter of an hour.
IN_SHARD = 1000
SIZES = (1_000, 10_000, 100_000, 200_000)
HEAD = (
    *("recordings", "hours", "shards", "jobs", "parse, s", "plan, s", "by the clock, s"),
    *("memory, MB", "keeping it, s", "a job without it, s", "with it, s"),
)
GOAL = "Goal: 200,000 recordings planned in 90 s and 2.5 GB, jobs in proportion to shards."
TARGET = "results/summary.csv"
JOB = "train_model:split=clip,backbone=mobilenet,dataset=original,recipe=logistic,fold=1"
LOAD = """
import sys, time
from pathlib import Path
from snakemake.api import SnakemakeApi
from snakemake.settings.enums import Quietness
from snakemake.settings.types import ConfigSettings, DAGSettings, OutputSettings, ResourceSettings
quiet = {Quietness.RULES}
with SnakemakeApi(OutputSettings(dryrun=True, quiet=quiet)) as api:
    config = ConfigSettings(configfiles=[Path(sys.argv[1])])
    found = api.workflow(
        ResourceSettings(cores=1), config_settings=config, snakefile=Path("Snakefile")
    )
    workflow = found._workflow
    for target in sys.argv[2:]:
        found.dag(DAGSettings(targets={target})).execute_workflow(executor="dryrun")
        began = time.process_time()
        assert workflow.globals["PLAN"].keep()
        print(f"kept in {time.process_time() - began}")
"""


def make_site(folder: Path, n: int) -> Path:
    """Make a site of n recordings, every quarter of an hour of every night; give its config."""
    recordings = folder / "recordings"
    recordings.mkdir(parents=True)
    first = datetime(2020, 1, 1, 18)
    with (folder / "annotations.csv").open("w") as table:
        table.write("recording,start,end,label\n")
        for k in range(n):
            # 48 recordings a night, at as many sites as it takes for two years.
            site, place = divmod(k, 2 * 365 * 48)
            night, quarter = divmod(place, 48)
            time_of = first + timedelta(days=night, minutes=15 * quarter)
            name = f"SITE{site}_{time_of:%Y%m%d_%H%M%S}"
            (recordings / f"{name}.wav").touch()
            for number, species in enumerate(SPECIES):
                start = (7 * k + 13 * number) % 50
                table.write(f"{name},{start},{start + 4},{species}_M\n")
    config = yaml.safe_load((ROOT / "config/inct41.yaml").read_text())
    config["recordings"] = {"source": str(recordings)}
    config["annotations"] = {"source": str(folder / "annotations.csv"), "on_error": "fail"}
    config["shards"] = max(1, n // IN_SHARD)
    for split in config["splits"].values():
        split.pop("salt", None)
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    return path


def spent(command: list[str], folder: Path, place: Path = ROOT) -> tuple[float, float, float, str]:
    """Seconds of the clock and of the processor, MB at the peak, and what it printed."""
    with (folder / "printed.txt").open("w+") as printed:
        began = time.monotonic()
        child = subprocess.Popen(command, cwd=place, stdout=printed, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - began
        printed.seek(0)
        text = printed.read()
    if status:
        raise SystemExit(f"{command} ended with {status}:\n{text[-3000:]}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text


def start(config: Path, folder: Path) -> float:
    """Seconds of the processor that Snakemake takes to start one job, as a cluster calls it."""
    command = [sys.executable, "-m", "snakemake", "--mode", "remote", "--dry-run", "--quiet"]
    command += ["--nolock", "--force", "--cores", "1", "--target-files-omit-workdir-adjustment"]
    command += ["--ignore-incomplete", "--allowed-rules", JOB.partition(":")[0]]
    command += ["--configfile", str(config), "--target-jobs", JOB]
    return spent(command, folder)[1]


def measure(folder: Path, n: int) -> tuple[str, ...]:
    """A row of the table."""
    config = make_site(folder, n)
    time.sleep(3)  # a plan of what was made just now is not kept
    _, parse, *_ = spent([sys.executable, "-c", LOAD, str(config)], folder)
    clock, plan, memory, text = spent([sys.executable, "-c", LOAD, str(config), TARGET], folder)
    keeping = float(re.search(r"^kept in (.+)$", text, re.M)[1])
    jobs = int(re.search(r"^total\s+(\d+)", text, re.M)[1])
    with_it = start(config, folder)
    shutil.rmtree(ROOT / ".snakemake/anurans")
    without = start(config, folder)
    return (
        f"{n:,}",
        f"{n / 60:,.0f}",
        f"{max(1, n // IN_SHARD):,}",
        f"{jobs:,}",
        f"{parse:.1f}",
        f"{plan - keeping:.1f}",
        f"{clock - keeping:.1f}",
        f"{memory:,.0f}",
        f"{keeping:.1f}",
        f"{without:.1f}",
        f"{with_it:.1f}",
    )


def finished(folder: Path, n: int) -> str:
    """What a plan takes where nothing is to be done, in words."""
    config, place = make_site(folder / "site", n), copy_workflow(folder / "workflow")
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--configfile", str(config)]
    _, before, memory, text = spent([*command, "-n", TARGET], folder, place)
    for line in re.findall(r"^\s+output: (.+)$", text, re.M):
        for each in line.split(", "):
            (place / each).parent.mkdir(parents=True, exist_ok=True)
            (place / each).touch()
    spent([*command, "--touch", "--forceall", TARGET], folder, place)
    _, after, again, text = spent([*command, "-n", TARGET], folder, place)
    assert "Nothing to be done" in text
    records = [path for path in (place / ".snakemake/metadata").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in records)
    return (
        f"{n:,} recordings: {before:.1f} s and {memory:,.0f} MB with nothing there, {after:.1f} s "
        f"and {again:,.0f} MB with all results; {len(records):,} records, {size / 1e6:,.0f} MB"
    )


def main():
    """Measure each size, and print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--million", action="store_true", help="a million recordings too")
    parser.add_argument("--finished", action="store_true", help="with all results there")
    parser.add_argument("--folder", type=Path, help="where sites are made, to be kept")
    given = parser.parse_args()
    lines = ["| " + " | ".join(HEAD) + " |", "| --- " * len(HEAD) + "|"]
    with tempfile.TemporaryDirectory(prefix="anurans-scale-") as place:
        where = given.folder or Path(place)
        if given.finished:
            for n in given.sizes:
                print(finished(where / f"finished-{n}", n), flush=True)
            return
        for n in [*given.sizes, *([1_000_000] if given.million else [])]:
            lines.append(f"| {' | '.join(measure(where / str(n), n))} |")
            print(lines[-1], flush=True)
    text = ["# Planned", "", "By `benchmarks/scale.py`.", "", *(f"- {each}" for each in machine())]
    text += ["", *lines, "", GOAL]
    if tuple(given.sizes) == SIZES:
        (ROOT / "benchmarks/SCALE.md").write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main()
