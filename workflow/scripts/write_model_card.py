"""Write the card of the best model by validation."""

import json
from pathlib import Path

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.report.model_card import Card, write_card
from anurans.scores.comparison import MODEL
from anurans.scores.ranking import gather_models, model_to_tell


def main(input, output, params):
    metrics = [read_table(path) for path in input.metrics]
    model, chosen_of = model_to_tell(metrics)
    places = gather_models(metrics)[model]
    clips = [row for at in places for row in read_table(input.clips[at])]
    heard = {row["recording"] for row in clips}
    provenance = json.loads(Path(input.provenance).read_text(encoding="utf-8"))

    def mine(path):
        rows = read_table(path)
        return [row for row in rows if all(row[k] == v for k, v in about.items() if k in row)]

    def of_training(path):
        return [row for row in read_table(path) if row["recording"] in heard]

    about = dict(zip(MODEL, model, strict=True))
    labelling = about.pop("labelling")  # labelling.csv has rows of every rule
    card = Card(
        model,
        chosen_of,
        params.species,
        params.settings,
        [provenance["runs"][at] for at in places],
        mine(input.intervals),
        mine(input.labelling),
        [row for path in input.calibration for row in mine(path)],
        of_training(input.recordings),
        of_training(input.annotations),
        clips,
    )
    with whole(output[0]) as partial:
        partial.write_text(write_card(card), encoding="utf-8")
    log.info("%s, labels by %s", about, labelling)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
