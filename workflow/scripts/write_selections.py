"""Write all events in one table for Raven, and in one for Kaleidoscope."""

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.exports.selection_tables import kaleidoscope_table, raven_table, recordings_in_order
from anurans.listening.detector import frequencies, read_detector


def main(input, output):
    events = read_table(input.events)
    recordings = recordings_in_order(read_table(input.recordings))
    band = frequencies(read_detector(input.model).about["settings"])
    texts = {
        output.raven: raven_table(recordings, events, *band),
        output.kaleidoscope: kaleidoscope_table(recordings, events),
    }
    for path, text in texts.items():
        with whole(path) as partial:
            partial.write_text(text, encoding="utf-8")
    log.info("%d events in %d recordings", len(events), len(recordings))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
