"""Choose the clips of new recordings that are embedded to suggest some of them."""

from anurans.annotations.labels import LabelRule
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.review.candidates import (
    CANDIDATE,
    annotated_clips,
    choose_candidates,
    count_positives,
    stretches,
)
from anurans.review.suggestions import LEAST, POOL, rarity
from anurans.scores.curves import read_scored
from anurans.scores.probabilities import read_curves
from anurans.splits.splits import HELD_OUT


def main(input, output, params):
    labels = [read_table(path) for path in input.labels]
    positives = count_positives(labels, params.species, LabelRule(**params.labelling))
    if input.finished:
        # Of a model that was trained elsewhere, clips that it held out are all that is known.
        held_out = read_scored(read_table(input.finished[-1]), params.species, HELD_OUT)
        positives = held_out.labels.sum(axis=0).tolist()
    far = {
        row["recording"]: float(row["far"] or 0)
        for path in input.profiles
        for row in read_table(path)
    }
    known = annotated_clips(labels, params.species)
    for row in read_table(input.recordings):
        # It may be known by another name.
        if row.get("learnt_from") in known:
            known[row["recording"]] = known[row["learnt_from"]]
    asked = [row for path in input.earlier for row in read_table(path)]
    answered = [
        row
        for path in input.verdicts
        for row in read_table(path, ("recording", "start", "end"))
        if row["start"] and row["end"]
    ]
    rows = choose_candidates(
        input.scores,
        read_curves(read_table(input.calibrators), params.species),
        rarity(positives),
        far,
        (known, stretches(asked), stretches(answered)),
        max(POOL * params.questions, LEAST),
    )
    write_table(output.candidates, CANDIDATE, rows)
    counts = zip(params.species, positives, strict=True)
    write_table(
        output.positives,
        ("species", "clips"),
        ({"species": code, "clips": n} for code, n in counts),
    )
    log.info("%d clips to look at", len(rows))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
