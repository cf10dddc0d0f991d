"""How far recipes are flattered on their validation part, against recordings held out.

    .venv/bin/python benchmarks/validation_part.py --folder FOLDER [--salts N]

FOLDER is that of benchmarks/little_data.py, with the embeddings of its worlds. Each of three folds
of recordings is held out in turn; of the others two (of the minutes) or four validate. `adam` stops
by these and finds its thresholds on them; `logistic` learns from them too, and finds thresholds on
all clips that its inner folds leave out. Macro F1 of the validation part at the run's own
thresholds, and at those that other recordings give (`tune_apart`, as results/summary.csv has it).
"""

import argparse
from pathlib import Path

import little_data
import numpy as np
from little_data import FROGS, STOPPING, load, tuned
from threadpoolctl import threadpool_limits

from anurans.heads.logistic import Logistic, fit_logistic
from anurans.heads.recipes import Recipe
from anurans.heads.training import fit_head
from anurans.scores.evaluation import Part, tune_apart
from anurans.splits.splits import place

WORLDS = {
    "minutes": (2, {"BASCUL": "Basileuterus culicivorus"}, "pam_minutes"),
    "demo": (4, FROGS, "resources/demo/annotations"),
}


def f1(labels, decided):
    """Macro F1 of the species that call."""
    hits = 2 * (labels & decided).sum(axis=0)
    each = hits / np.maximum(1, labels.sum(axis=0) + decided.sum(axis=0))
    return each[labels.any(axis=0)].mean()


def part_of(world, scores, kept=None):
    """Clips as `tune_apart` takes them."""
    of = np.ones(len(world.labels), bool) if kept is None else kept
    names = world.recording[of].astype(object)
    return Part(world.labels[of], scores[of], names, names)


def judge(world, validating, salt):
    """F1 of both recipes, of each fold: own thresholds, those of others, held out."""
    every = sorted(set(world.recording), key=lambda name: place(str(salt), "fold", name))
    for fold in range(3):
        rest = [name for name in every if name not in every[fold::3]]
        names = sorted(rest, key=lambda name: place(str(salt), "v", name))[:validating]
        train, test = world.of(rest), world.of(every[fold::3])
        validation, learnt = world.of(names), world.of(set(rest) - set(names))
        if not (validation.labels.any() and learnt.labels.any() and test.labels.any()):
            continue
        parts = (learnt.x, learnt.y), (validation.x, validation.y)
        adam = fit_head(Recipe(early_stopping=STOPPING), *parts, salt).head
        fit = fit_logistic(Logistic(), train.x, train.y, *little_data.inner(train))
        mine = np.isin(train.recording.astype(str), names)
        unseen = np.nan_to_num(train.scores(fit.unseen))
        scores = validation.scores(np.asarray(adam(validation.x)))
        found = []
        for head, tuned_on, part in (
            (adam, part_of(validation, scores), part_of(validation, scores)),
            (fit.head, part_of(train, unseen), part_of(train, unseen, mine)),
        ):
            own = tuned(tuned_on.labels, tuned_on.scores)
            apart = tune_apart(tuned_on, part, own)
            heard = test.scores(np.asarray(head(test.x)))
            found.append(
                [
                    f1(part.labels, part.scores >= own),
                    f1(part.labels, part.scores >= apart),
                    f1(test.labels, heard >= own),
                ]
            )
        yield found


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--salts", type=int, default=8)
    given = parser.parse_args()
    threadpool_limits(1)
    print("| recordings | recipe | own thresholds | those of others | held out |")
    print("| --- | --- | --- | --- | --- |")
    for name, (validating, species, source) in WORLDS.items():
        if name == "minutes":
            source = little_data.ROOT.parent / "shared/data" / source
        settings = {"species": species, "annotations": {"source": str(source)}}
        world = load(given.folder.resolve() / name, "MobileNet-0.25", settings)
        found = [each for salt in range(given.salts) for each in judge(world, validating, salt)]
        for recipe, values in zip(("adam", "logistic"), np.mean(found, axis=0), strict=True):
            print(f"| {name} | {recipe} | {' | '.join(f'{value:.2f}' for value in values)} |")


if __name__ == "__main__":
    main()
