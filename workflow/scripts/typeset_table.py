"""Typeset a table in LaTeX."""

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.markup import latex
from anurans.common.tables import read_table


def main(input, output):
    rows = read_table(input[0])
    with whole(output[0]) as partial:
        partial.write_text(latex(list(rows[0]) if rows else [], rows), encoding="utf-8")
    log.info("%d rows", len(rows))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
