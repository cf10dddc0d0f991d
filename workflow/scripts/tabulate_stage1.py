"""Best model of each backbone in the study's first experiment, beside the published Table I."""

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.markup import markdown
from anurans.common.tables import read_table, write_table
from anurans.scores.study_tables import TABLE1, table1


def main(input, output, params):
    rows = [row for path in input for row in read_table(path)]
    table = table1(rows, params.recipes, params.architectures, params.by)
    write_table(output.table, TABLE1, table)
    with whole(output.markdown) as partial:
        partial.write_text(markdown(TABLE1, read_table(output.table)), encoding="utf-8")
    log.info("%d models, %d chosen", len(input), len(table))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
