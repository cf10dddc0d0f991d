"""What a corrected annotation costs, of the first run: 366 minutes, BirdNET, logistic heads.

On its own: .venv/bin/python benchmarks/correction.py [--quick] [--folder FOLDER]

As many minutes as INCT41 has, in five folds by recording, as the demo has its networks and heads.
A call is moved in a recording that four of the five folds learn from.
"""

import argparse
import csv
import json
import tempfile
from collections import Counter
from pathlib import Path

from grid import probed
from growth import SOUND, salted
from measuring import Row
from synthetic import make_world

TARGET = "results/summary.csv"
FOLDS = 5


def rows(folder: Path, quick: bool):
    """Measure, and give the row of the table."""
    world, count = folder / "correction", 24 if quick else 366
    split = SOUND["splits"]["recording"] | {"test": 0, "folds": 2 if quick else FOLDS}
    config = {key: value for key, value in SOUND.items() if key != "detection"}
    make_world(world, count, config | {"splits": {"recording": split}})
    salted(world)
    first, _ = probed(world, "first.jsonl", TARGET)
    move_call(world)
    again, processes = probed(world, "again.jsonl", TARGET)
    spent = Counter()
    for each in processes:
        spent[each["rule"]] += each["processor"]
    trainings = sum(each["rule"] == "train_model" for each in processes)
    share = again.processor / first.processor
    yield Row(
        f"an annotation corrected in training, then `{TARGET}` again, {count} minutes, BirdNET, "
        f"logistic heads, {split['folds']} folds",
        "the first run",
        f"{100 * share:.0f} % ({again.processor:.0f} against {first.processor:.0f} s of the "
        f"processor); {trainings} trainings, {100 * spent['train_model'] / again.processor:.0f} % "
        "of it",
        "10 %",
        share <= 0.1 if not quick else None,
        "Nothing before the trainings runs again. Each fold that learns from the recording is "
        "trained anew: 15 logistic regressions for each of 11 penalties.",
    )


def move_call(world: Path) -> None:
    """Move a call by a second, in a recording that no fold validates on."""
    with (world / "results/splits/recording.tsv").open(encoding="utf-8") as file:
        roles = {row["recording"]: row for row in csv.DictReader(file, delimiter="\t")}
    learnt = [name for name, row in roles.items() if "validation" not in row.values()]
    paths = [world / f"annotations/{name}.txt" for name in learnt]
    path = next(each for each in paths if each.read_text().strip())
    first, *others = path.read_text().splitlines(keepends=True)
    start, end, rest = first.split("\t", 2)
    path.write_text("".join([f"{float(start) + 1}\t{float(end) + 1}\t{rest}", *others]))


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--folder", type=Path, help="where to work; kept")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        for row in rows((given.folder or Path(place)).resolve(), given.quick):
            print(json.dumps([row.work, row.against, row.measured, row.goal, row.reached]))


if __name__ == "__main__":
    main()
