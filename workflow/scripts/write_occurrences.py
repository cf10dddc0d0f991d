"""Write the Darwin Core table of what people confirmed."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.exports.answers import by_recording, read_settled
from anurans.exports.camtrap import usable
from anurans.exports.coordinates import Published
from anurans.exports.occurrences import OCCURRENCES, occurrence_rows


def main(input, output, params):
    places = {site: Published(*of) for site, of in params.places.items()}
    recordings = usable(read_table(input.recordings), places)
    answers = by_recording(read_settled(row for path in input.answers for row in read_table(path)))
    about = places, params.export, params.project
    rows = list(occurrence_rows(recordings, answers, params.species, *about))
    write_table(output[0], OCCURRENCES, rows)
    log.info("%d occurrences", len(rows))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
