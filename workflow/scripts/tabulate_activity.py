"""Add up the days: who called when, by night and hour, by night, by hour, and in all."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.listening.activity import TABLE, add_all, gather, read_part, trusted_places
from anurans.scores.probabilities import read_separations


def main(input, output, params):
    found = {}
    known = read_separations(read_table(input.separation))
    for path in input.days:
        add_all(found, read_part(read_table(path)))
    trusted = trusted_places(found, read_table(input.drift))
    for name, keys in (
        ("activity", ("night", "hour")),
        ("dates", ("night",)),
        ("hours", ("hour",)),
        ("species", ()),
    ):
        sure = gather(trusted, keys)
        rows = [
            dict(zip(keys, values, strict=True))
            | of[name].row(name, known.get(name), sure.get(values, {}).get(name))
            for values, of in gather(found, keys).items()
            for name in params.species
            if name in of
        ]
        write_table(getattr(output, name), (*keys, *TABLE), rows)
    log.info("%d places of the calendar", len(found))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
