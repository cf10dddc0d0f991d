"""Write the page that the report opens with: how well each species is found, and what to do."""

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.report.overview import Overview, overview_page
from anurans.report.species_answers import Ground, Help, Known
from anurans.scores.comparison import MODEL
from anurans.scores.confusions import find_confusion
from anurans.scores.curves import pool, read_scored
from anurans.scores.field_scores import RECALL
from anurans.scores.ranking import gather_models, model_to_tell, scored_part


def main(input, output, params):
    metrics = [read_table(path) for path in input.metrics]
    model, chosen_of = model_to_tell(metrics)
    places = gather_models(metrics)[model]
    subset = scored_part([metrics[at] for at in places])
    codes = list(params.species)
    part = pool([read_scored(read_table(input.predictions[at]), codes, subset) for at in places])
    site_of = {row["recording"]: row["site"] for row in read_table(input.recordings)}

    def mine(path):
        about = {**dict(zip(MODEL, model, strict=True)), "subset": subset}
        return [row for row in read_table(path) if about.items() <= row.items()]

    intervals = mine(input.intervals)
    recalls = [row for path in input.field for row in mine(path) if row["score"] == RECALL]
    known = [
        Known(
            code,
            name,
            {row["score"]: row for row in intervals if row["species"] == code},
            {row["of"]: row for row in recalls if row["species"] == code},
            Ground.of(part, column, site_of),
            find_confusion(part, codes, column),
        )
        for column, (code, name) in enumerate(params.species.items())
    ]
    found = Overview(
        params.project,
        dict(zip(MODEL, model, strict=True)),
        chosen_of,
        subset,
        known,
        Help(params.doubts, params.species),
        params.pages,
    )
    with whole(output[0]) as partial:
        partial.write_text(overview_page(found), encoding="utf-8")
    log.info("%d species", len(known))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
