"""List the files in the folders of recordings and annotations that nothing reads."""

from anurans.common.jobs import log, run
from anurans.common.tables import write_table
from anurans.recordings.unread import COLUMNS


def main(output, params):
    write_table(output[0], list(COLUMNS), params.unread)
    log.info("%d files are of no kind that is read", len(params.unread))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
