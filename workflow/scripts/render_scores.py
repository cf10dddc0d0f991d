"""Make the page of all scores, each row with where it comes from."""

import json
from pathlib import Path

from anurans.files import whole
from anurans.jobs import log, run
from anurans.pages import table_page
from anurans.provenance import RUN, told
from anurans.summary import FILTERS, brief, columns
from anurans.tables import read_table


def main(input, output, params):
    provenance = json.loads(Path(input.provenance).read_text(encoding="utf-8"))
    rows = [row | {"run": "/".join(row[key] for key in RUN)} for row in read_table(input.summary)]
    text = table_page(
        f"{params.project}: all scores",
        params.caption,
        "summary.csv",
        rows,
        columns(params.species),
        FILTERS,
        brief(params.species),
        {"/".join(each[key] for key in RUN): told(each, provenance) for each in provenance["runs"]},
        "run",
    )
    with whole(output[0]) as partial:
        partial.write_text(text, encoding="utf-8")
    log.info("%d rows of %d runs", len(rows), len(provenance["runs"]))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
