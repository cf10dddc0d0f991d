"""Read every recording of a shard to its end, and say which can be used."""

from dataclasses import asdict, fields

from anurans.audio import Inspection, inspect
from anurans.jobs import log, run
from anurans.recordings import Recording
from anurans.tables import write_table


def main(input, output, params):
    rows = []
    for recording, path, channel in zip(
        params.recordings, input.recordings, params.channels, strict=True
    ):
        found = inspect(Recording(recording, path), params.length, params.min_last, channel)
        log.info("%s: %s %s", path, found.status, found.reason)
        rows.append(asdict(found))
    write_table(output[0], [field.name for field in fields(Inspection)], rows)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
