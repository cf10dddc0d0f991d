"""Add up the days: who called when, by night and hour, by night, by hour, and in all."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.listening.activity import TABLE, add_all, gather, read_part
from anurans.scores.probabilities import read_separations


def main(input, output, params):
    found = {}
    known = read_separations(read_table(input.separation))
    for path in input.days:
        add_all(found, read_part(read_table(path)))
    for name, keys in (
        ("activity", ("night", "hour")),
        ("dates", ("night",)),
        ("hours", ("hour",)),
        ("species", ()),
    ):
        rows = [
            dict(zip(keys, values, strict=True)) | of[species].row(species, known.get(species))
            for values, of in gather(found, keys).items()
            for species in params.species
            if species in of
        ]
        write_table(getattr(output, name), (*keys, *TABLE), rows)
    log.info("%d places of the calendar", len(found))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
