"""F1 of the study's third experiment on the combined dataset, beside the published Table II."""

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.markup import markdown
from anurans.common.tables import read_table, write_table
from anurans.scores.study_tables import TABLE2, TABLE2_ALL, largest, table2, table2_all


def main(input, output, params):
    rows = [row for path in input for row in read_table(path)]
    species, dataset = params.species, largest(params.datasets)
    validated = table2(rows, species, dataset, params.architectures, params.by)
    every = table2_all(rows, species, dataset, params.by)
    for path, text, columns, table in (
        (output.table, output.markdown, TABLE2, validated),
        (output.all_table, output.all_markdown, TABLE2_ALL, every),
    ):
        write_table(path, columns, table)
        with whole(text) as partial:
            partial.write_text(markdown(columns, read_table(path)), encoding="utf-8")
    log.info("%d runs, dataset %s", len(input), dataset)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
