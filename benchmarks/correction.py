"""What a corrected annotation costs, of the first run: 366 minutes, BirdNET, logistic heads.

On its own: .venv/bin/python benchmarks/run.py --only correction [--quick] [--folder FOLDER]

As many minutes as INCT41 has, in five folds by recording, as the demo has its networks and heads.
A call is moved in a recording that four of the five folds learn from.
"""

import csv
from collections import Counter
from pathlib import Path

from grid import probed
from growth import SOUND, salted
from measuring import Row
from synthetic import make_world, move_call

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
    move_call(learnt_from(world))
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
        "trained anew: 15 logistic regressions for each of up to 11 penalties.",
    )


def learnt_from(world: Path) -> Path:
    """Labels of a recording that has a call, and that no fold validates on."""
    with (world / "results/splits/recording.tsv").open(encoding="utf-8") as file:
        roles = {row["recording"]: row for row in csv.DictReader(file, delimiter="\t")}
    learnt = [name for name, row in roles.items() if "validation" not in row.values()]
    paths = [world / f"annotations/{name}.txt" for name in learnt]
    return next(each for each in paths if each.read_text().strip())
