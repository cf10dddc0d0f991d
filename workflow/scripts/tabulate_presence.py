"""Judge each model on whole recordings: whether a species calls in them at all."""

from collections import Counter

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.scores.comparison import MODEL
from anurans.scores.presence import PRESENCE, hear, judge_presence
from anurans.scores.ranking import gather_models
from anurans.splits.splits import HELD_OUT, TEST


def main(input, output, params):
    clips = Counter(row["recording"] for path in input.clips for row in read_table(path))
    models = gather_models([read_table(path) for path in input.metrics])
    rows = []
    for model, places in models.items():
        predictions = [read_table(input.predictions[at]) for at in places]
        for subset in (HELD_OUT, TEST):
            for species in params.species:
                known = subset, species, clips, frozenset(params.calling.get(species, ()))
                parts = [hear(each, *known) for each in predictions]
                parts = [part for part in parts if len(part.present)]
                if parts:
                    about = (*model, subset, species)
                    about = dict(zip((*MODEL, "subset", "species"), about, strict=True))
                    rows.append(about | judge_presence(parts, subset))
    write_table(output[0], list(PRESENCE), rows)
    log.info("%d scores of %d models on whole recordings", len(rows), len(models))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
