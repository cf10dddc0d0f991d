"""Write the data package of the new recordings and of what was heard in them."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.exports.answers import by_recording, read_settled
from anurans.exports.camtrap import event_rows, usable, write_package
from anurans.exports.coordinates import Published
from anurans.exports.site_rows import own_columns, read_own
from anurans.listening.detector import read_detector


def main(input, output, params):
    places = {site: Published(*of) for site, of in params.places.items()}
    recordings = usable(read_table(input.recordings), places)
    answers = by_recording(read_settled(row for path in input.answers for row in read_table(path)))
    of_model = read_detector(input.model).about["model"]
    model = "anurans: " + "/".join(of_model[k] for k in ("split", "backbone", "dataset", "recipe"))
    events = read_table(input.events)
    rows = event_rows(recordings, events, answers, params.species, model)
    table = "".join(input.sites)
    own = own_columns(table, params.columns, bool(params.export["sensitive"]))
    about = params.export, params.project, "detections", params.sources
    write_package(output, recordings, list(rows), places, read_own(table, own), *about)
    log.info("%d events, %d recordings in the package", len(events), len(recordings))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
