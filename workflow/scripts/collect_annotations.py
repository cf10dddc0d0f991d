"""Count the annotations of each recording and species, those of other species too."""

from anurans.annotation_counts import count_annotations
from anurans.annotations import AnnotationSource
from anurans.jobs import log, run
from anurans.tables import write_table


def main(input, output, params):
    source = AnnotationSource(input.annotations, params.recordings, **params.settings)
    rows = count_annotations(source, params.recordings)
    write_table(output[0], list(rows[0]), rows)
    for used, what in (("yes", "used"), ("no", "of other species, ignored")):
        n = sum(row["annotations"] for row in rows if row["used"] == used)
        log.info("%d annotations %s", n, what)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
