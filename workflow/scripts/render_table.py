"""Make the page of a table."""

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_columns, read_table
from anurans.report.html import table_page


def main(input, output, params):
    rows = read_table(input[0])
    text = table_page(
        params.about["title"],
        params.caption,
        params.about["file"],
        rows,
        read_columns(input[0]),
        params.about["filters"],
        params.about["brief"],
    )
    with whole(output[0]) as partial:
        partial.write_text(text, encoding="utf-8")
    log.info("%d rows", len(rows))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
