"""Write the data package of the annotated recordings and of their annotations."""

from anurans.annotations.sources import annotations_of
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.exports.camtrap import annotation_rows, usable, write_package
from anurans.exports.coordinates import Published
from anurans.exports.site_rows import own_columns, read_own


def main(input, output, params):
    places = {site: Published(*of) for site, of in params.places.items()}
    annotated = annotations_of(input.annotations, params.recordings, params.settings)
    rows = [row for row in read_table(input.recordings) if row["recording"] in annotated]
    recordings = usable(rows, places)
    observed = list(annotation_rows(recordings, annotated, params.species))
    table = "".join(input.sites)
    own = own_columns(table, params.columns, bool(params.export["sensitive"]))
    about = params.export, params.project, "annotations", []
    write_package(output, recordings, observed, places, read_own(table, own), *about)
    log.info("%d of %d annotated recordings in the package", len(recordings), len(annotated))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
