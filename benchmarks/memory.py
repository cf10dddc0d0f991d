"""Peak memory of every rule, on data of 1 and of 10 times the size.

    .venv/bin/python benchmarks/memory.py [--recordings 12] [--times 10] [--cores 2] [--keep FOLDER]

Four worlds of synthetic recordings of one minute go through the whole workflow: a small one; one
with more recordings in as many shards; one with more recordings in more shards; and the small one
with a recording of an hour. Each job writes its peak into its log. Printed is, for each rule, what
it declares (mem_mb), the peak in each world, and the ratio to the small one's; `more` marks what
is more than it declares.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import soundfile as sf
import yaml

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("Snakefile", "rules", "workflow", "envs", "profiles")
SR, MINUTE = 22_050, 60
CONFIG = {
    "project": "memory",
    "recordings": {"source": "recordings"},
    "annotations": {"source": "annotations"},
    "species": {"LOW": "low tone", "HIGH": "high tone"},
    "augmentation": {
        "time_stretch": {"rates": [0.8, 1.2]},
        "time_mask": {"masks": 1, "copies": 2},
        "frequency_mask": {"placement": "sweep", "copies": 3},
    },
    "datasets": {
        "original": ["original"],
        "combined": ["original", "time_stretch", "time_mask", "frequency_mask"],
    },
    "splits": {
        "nights": {"by": "file", "file": "folds.csv", "folds": 2, "validation": 0.5},
        "clip": {"by": "clip", "test": 0.3, "folds": 0, "validation": 0.3},
    },
    "backbones": {
        "small": {"architecture": "MobileNet", "alpha": 0.25, "weights": "random"},
    },
    "recipes": {
        "linear": {
            "solver": "adam",
            "learning_rate": 0.01,
            "epochs": 3,
            "early_stopping": None,
        }
    },
    "experiments": {"datasets": {"splits": ["nights"]}, "optimism": {"datasets": ["original"]}},
    "evaluation": {"resamples": 100},
}


def make_world(folder, recordings, shards, hour):
    """Write a world: recordings of noise with a tone in every call, two of each five in fold 1."""
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        copy(ROOT / part, folder / part)
    for name in ("recordings", "annotations", "config"):
        (folder / name).mkdir()
    rng = np.random.default_rng(1)
    roles = ["recording,fold"]
    for number in range(recordings):
        minutes = 60 if hour and not number else 1
        name = f"MADE_202101{1 + number // 24 % 28:02d}_{number % 24:02d}{number // 672:02d}00"
        time = np.arange(SR * MINUTE) / SR
        sound = 0.01 * rng.standard_normal(len(time))
        lines = []
        for start in range(0, MINUTE, 6):
            species, hertz = (("LOW", 800), ("HIGH", 4000))[int(rng.integers(2))]
            called = (time >= start) & (time < start + 2)
            sound[called] += 0.3 * np.sin(2 * np.pi * hertz * time[called])
            lines += [
                f"{start + MINUTE * minute}\t{start + MINUTE * minute + 2}\t{species}\n"
                for minute in range(minutes)
            ]
        with sf.SoundFile(folder / f"recordings/{name}.wav", "w", SR, 1, "PCM_16") as file:
            for _ in range(minutes):
                file.write(sound)
        (folder / f"annotations/{name}.txt").write_text("".join(lines), encoding="utf-8")
        roles.append(f"{name},{('1', '1', '2', '2', 'test')[number % 5]}")
    (folder / "folds.csv").write_text("\n".join(roles) + "\n", encoding="utf-8")
    text = yaml.safe_dump(CONFIG | {"shards": shards}, sort_keys=False)
    (folder / "config/config.yaml").write_text(text, encoding="utf-8")


def run(folder, cores):
    """Run the whole workflow; give what it printed."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout[-4000:] + done.stderr[-4000:])
    return done.stdout + done.stderr


def peaks(folder):
    """Largest peak of the jobs of each rule, in MB, as their logs say."""
    found = defaultdict(float)
    for log in folder.glob("logs/**/*.log"):
        rule = log.relative_to(folder / "logs").parts[0].removesuffix(".log")
        for peak in re.findall(r"([\d.]+) MB at the peak", log.read_text(encoding="utf-8")):
            found[rule] = max(found[rule], float(peak))
    return found


def declared(text):
    """What each rule declares, in MB, as Snakemake printed it."""
    return {
        rule: int(mem_mb)
        for rule, mem_mb in re.findall(
            r"^(?:local)?rule (\w+):$(?:\n .*)*?\n    resources: .*?mem_mb=(\d+)", text, re.M
        )
    }


def main():
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=int, default=12)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="where to make the worlds, which then stay")
    arguments = parser.parse_args()
    small, times = arguments.recordings, arguments.times
    worlds = {
        "1x": (small, 2, False),
        f"{times}x": (small * times, 2, False),
        f"{times}x, shards too": (small * times, 2 * times, False),
        "1x and an hour": (small, 2, True),
    }
    place = arguments.keep or Path(tempfile.mkdtemp())
    found, of = {}, {}
    for number, (name, world) in enumerate(worlds.items()):
        folder = place / f"world-{number}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make_world(folder, *world)
        of |= declared(run(folder, arguments.cores))
        found[name] = peaks(folder)
        print(f"{name}: done", file=sys.stderr, flush=True)
    first = found["1x"]
    print(f"{'MB at the peak':22}{'declared':>9}{'1x':>7}", end="")
    print("".join(f"{name:>18}{'ratio':>7}" for name in list(worlds)[1:]))
    for rule in sorted(first):
        line = f"{rule:22}{of.get(rule, 0):9}{first[rule]:7.0f}"
        for name in list(worlds)[1:]:
            line += f"{found[name][rule]:18.0f}{found[name][rule] / first[rule]:7.2f}"
        over = max(each[rule] for each in found.values()) > of.get(rule, 0)
        print(line + ("  more" if over else ""))
    if not arguments.keep:
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
