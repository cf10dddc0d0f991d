"""Draw the calling season of the demo: run once, its two tables are committed.

.venv/bin/python resources/demo/season/draw.py

Three species with seasons and hours of their own; made up, as README.md says.
"""

import csv
import math
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
FIRST, NIGHTS, EVERY = datetime(2021, 9, 20), 40, 5
# Hours from the noon before.
HOURS = (7.0, 8.5, 10.0, 12.5, 15.0)
LENGTH = 30.0
# Day of the season's height and its spread (days), hour of the night's height and its spread, and
# how often it calls then.
SEASONS = {
    "BOAALB": (60, 40, 9.0, 3.0, 0.95),
    "PHYCUV": (95, 25, 7.5, 1.8, 0.95),
    "BOALUN": (135, 30, 12.5, 2.5, 0.9),
}
SPANS = {"BOAALB": (0.6, 5.0), "PHYCUV": (0.3, 5.0), "BOALUN": (1.0, 6.0)}
GRADES = ("F", "M", "C")
SHARES = (0.25, 0.4, 0.35)


def main():
    """Write recordings.csv and truth.csv."""
    truth = draw(FIRST, 2021)
    names = dict.fromkeys(name for name, *_ in truth)
    recordings = [(name, f"resources/demo/season/audio/{name}.flac") for name in names]
    write("recordings.csv", ("recording", "path"), recordings)
    write("truth.csv", ("recording", "start", "end", "label"), truth)


def draw(first, seed):
    """Rows of the truth of a season, of every fifth night from the first on."""
    rng = np.random.default_rng(seed)
    truth = []
    for night in range(NIGHTS):
        evening = first + timedelta(days=EVERY * night)
        # Some nights are too cold or dry for anyone.
        weather = float(rng.random() > 0.15)
        for hour in HOURS:
            when = evening + timedelta(hours=12 + hour)
            name = f"DEMO_{when:%Y%m%d_%H%M%S}"
            calls = []
            for species, (day, spread, height, width, share) in SEASONS.items():
                season = math.exp(-0.5 * (((evening - FIRST).days - day) / spread) ** 2)
                hourly = math.exp(-0.5 * ((hour - height) / width) ** 2)
                if rng.random() < share * season * hourly * weather:
                    calls += bouts(rng, species)
            truth += [(name, *call) for call in sorted(calls)] or [(name, "NA", "NA", "NA")]
    return truth


def bouts(rng, species):
    """Stretches of calling of one species in a recording, one after the other."""
    found, at = [], rng.uniform(0, 8)
    grade = rng.choice(GRADES, p=SHARES)
    while at < LENGTH - 1:
        end = min(at + rng.uniform(*SPANS[species]), LENGTH)
        found.append((f"{at:.3f}", f"{end:.3f}", f"{species}_{grade}"))
        at = end + rng.uniform(2, 14)
    return found


def write(name, header, rows):
    """Write a table."""
    with (HERE / name).open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    main()
