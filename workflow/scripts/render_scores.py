"""Make the page of all scores, each row with where it comes from."""

import json
from pathlib import Path

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.report.html import table_page
from anurans.report.provenance import RUN, told
from anurans.scores.summary import FILTERS, brief, columns


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
