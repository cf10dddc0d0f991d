"""List what leaves, file by file, and why something does not; remove what another config made."""

from pathlib import Path

from anurans.common.jobs import log, run
from anurans.common.tables import write_table
from anurans.exports.former_files import LISTED, list_rows, remove


def main(output, params):
    for file in remove(params.former, Path(output[0]).parent):
        log.info("%s: removed, since this config does not make it", file)
    write_table(output[0], LISTED, list_rows(params.exports, params.former))
    log.info("%d files", sum(row["made"] == "yes" for row in params.exports))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
