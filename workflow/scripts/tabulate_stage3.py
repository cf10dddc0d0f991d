"""F1 of the study's third experiment on the combined dataset, beside the published Table II."""

from anurans.files import whole
from anurans.jobs import log, run
from anurans.markup import markdown
from anurans.study import TABLE2, TABLE2_ALL, largest, table2, table2_all
from anurans.tables import read_table, write_table


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
