"""Write the page of what was heard in the new recordings."""

import csv
from collections import Counter
from pathlib import Path

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.listening.detector import read_detector
from anurans.report.monitoring_pages import monitoring_page, short_season


def main(input, output, params):
    with Path(input.events).open(newline="", encoding="utf-8") as file:
        events = Counter(row["species"] for row in csv.DictReader(file))
    totals = read_table(input.totals)
    listened = [row for path in input.listened for row in read_table(path)]
    text = monitoring_page(
        params.project,
        params.species,
        read_detector(input.model).about,
        read_table(input.thresholds),
        events,
        read_table(input.recordings),
        read_table(input.dates),
        totals,
        read_table(input.drift),
        read_table(input.precision),
        [row for path in input.judged for row in read_table(path)],
        listened,
        params.gap,
        params.round,
    )
    with whole(output[0]) as partial:
        partial.write_text(text, encoding="utf-8")
    shown = short_season(params.project, params.species, events, totals, listened)
    shown += f"The season, and how far to trust it: {output[0]}\n"
    log.info("%s", shown)
    print(shown, flush=True)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
