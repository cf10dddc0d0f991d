"""What planning takes for sites of 1,000 recordings to 100,000 or more, by names alone.

    .venv/bin/python benchmarks/scale.py [--sizes 1000 10000 100000 1000000] [--folder FOLDER]

Each site is a folder of empty files, the length of which no plan needs, and a table with three
annotations for each recording; the config is config/inct41.yaml, with a shard for every 1000
recordings. Measured are the dry run of results/summary.csv (parse, and all that is planned) and
its parsing alone, each a process of its own. Prints a table, and writes it to
benchmarks/SCALE.md.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from measuring import ROOT, machine

SPECIES = ("BOAALB", "PHYCUV", "BOALUN")
# Recordings in a shard: its longest job, ResNet50 on one core, takes a quarter of an hour.
IN_SHARD = 1000
HEAD = ("recordings", "hours", "shards", "jobs", "parse, s", "plan, s", "CPU, s", "memory, MB")
GOAL = "Goal: 100,000 recordings planned in 60 s and 2 GB, jobs in proportion to shards."
LOAD = """
import sys
from pathlib import Path
from snakemake.api import SnakemakeApi
from snakemake.settings.types import OutputSettings, ResourceSettings, ConfigSettings
with SnakemakeApi(OutputSettings(dryrun=True)) as api:
    config = ConfigSettings(configfiles=[Path(sys.argv[2])])
    found = api.workflow(
        ResourceSettings(cores=1), config_settings=config, snakefile=Path(sys.argv[1])
    )
    found._workflow
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


def spent(command: list[str], folder: Path) -> tuple[float, float, float, str]:
    """Seconds of the clock and of the processor, MB at the peak, and what it printed."""
    with (folder / "printed.txt").open("w+") as printed:
        began = time.monotonic()
        child = subprocess.Popen(command, cwd=ROOT, stdout=printed, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - began
        printed.seek(0)
        text = printed.read()
    if status:
        raise SystemExit(f"{command} ended with {status}:\n{text[-3000:]}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text


def measure(folder: Path, n: int) -> tuple[str, ...]:
    """A row of the table."""
    config = make_site(folder, n)
    parse, *_ = spent([sys.executable, "-c", LOAD, "Snakefile", str(config)], folder)
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--quiet", "rules", "--nolock"]
    command += ["--configfile", str(config), "--", "results/summary.csv"]
    plan, processor, memory, text = spent(command, folder)
    jobs = int(re.search(r"^total\s+(\d+)", text, re.M)[1])
    shards = max(1, n // IN_SHARD)
    return (
        f"{n:,}",
        f"{n / 60:,.0f}",
        f"{shards:,}",
        f"{jobs:,}",
        f"{parse:.1f}",
        f"{plan:.1f}",
        f"{processor:.1f}",
        f"{memory:,.0f}",
    )


def main():
    """Measure each size, and print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sizes = (1_000, 10_000, 100_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=sizes)
    parser.add_argument("--folder", type=Path, help="where sites are made, to be kept")
    given = parser.parse_args()
    lines = ["| " + " | ".join(HEAD) + " |", "| --- " * len(HEAD) + "|"]
    with tempfile.TemporaryDirectory(prefix="anurans-scale-") as place:
        for n in given.sizes:
            lines.append(f"| {' | '.join(measure((given.folder or Path(place)) / str(n), n))} |")
            print(lines[-1], flush=True)
    text = ["# Planned", "", "By `benchmarks/scale.py`.", "", *(f"- {each}" for each in machine())]
    text += ["", *lines, "", GOAL]
    if tuple(given.sizes) == sizes:
        (ROOT / "benchmarks/SCALE.md").write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main()
