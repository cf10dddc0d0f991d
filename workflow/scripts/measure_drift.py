"""Tell how far the new recordings lie from those that the model learnt from."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.listening.detector import read_detector
from anurans.listening.drift import (
    DRIFT,
    NIGHTS,
    by_night,
    find_limits,
    measure_drift,
    read_calendar,
)


def main(input, output, params):
    about = read_detector(input.model).about
    training = read_table(input.training)
    calendar = read_calendar(training)
    names = {row["recording"]: row for row in read_table(input.recordings)}
    limits = find_limits(training, about["limit"])
    judged = []

    def rows():
        """Go through the days; of each recording no more is kept than nights are judged by."""
        new = (row for path in input.profiles for row in read_table(path))
        for row in measure_drift(new, training, names, calendar, limits):
            judged.append({key: row[key] for key in ("night", "outside")})
            yield row

    write_table(output.recordings, DRIFT, rows())
    nights = by_night(judged)
    write_table(output.nights, NIGHTS, nights)
    doubtful = sum(row["trust"] == "no" for row in nights)
    log.info("%s; %d of %d nights doubtful", limits, doubtful, len(nights))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
