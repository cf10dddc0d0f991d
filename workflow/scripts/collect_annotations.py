"""Count the annotations of each recording and species, and list what is skipped."""

from anurans.annotations.counts import count_annotations, refuse_different
from anurans.annotations.sources import AnnotationSource
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table


def main(input, output, params):
    source = AnnotationSource(input.annotations, params.recordings, **params.settings)
    found = read_table(input.recordings)
    copies = {row["recording"]: row["same_as"] for row in found if row["same_as"]}
    refuse_different(source, copies)
    durations = {
        row["recording"]: float(row["duration_s"]) for row in found if row["status"] == "ok"
    }
    beyond = source.beyond(durations)
    source.check_statements(durations)
    rows = count_annotations(source, params.recordings, beyond, params.names)
    write_table(output[0], list(rows[0]), rows)
    for used, what in (("yes", "used"), ("no", "of other species, ignored")):
        n = sum(row["annotations"] for row in rows if row["used"] == used)
        log.info("%d annotations %s", n, what)
    log.info("%d lines skipped", sum(row["status"] == "skipped" for row in rows))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
