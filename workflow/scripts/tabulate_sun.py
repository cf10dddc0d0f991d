"""Add up the days: who called how long before and after sunset, dusk, dawn and sunrise."""

from pathlib import Path

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.listening.activity import BY_SUN, TABLE, add_all, gather, of_one_night, read_part
from anurans.recordings.sun import SUN
from anurans.scores.probabilities import read_separations


def main(input, output, params):
    found, trusted = {}, {}
    known = read_separations(read_table(input.separation))
    doubtful = {
        row["night"].replace("-", "") for row in read_table(input.drift) if row["trust"] == "no"
    }
    for path in map(Path, input.days):
        for into in (found, trusted) if path.stem not in doubtful else (found,):
            part = read_part(read_table(path), BY_SUN)
            add_all(into, of_one_night(part) if path.stem.isdigit() else part)
    sure = gather(trusted, BY_SUN, BY_SUN)
    rows = [
        dict(zip(BY_SUN, values, strict=True))
        | of[species].row(species, known.get(species), sure.get(values, {}).get(species))
        for values, of in gather(found, BY_SUN, BY_SUN).items()
        for species in params.species
        if species in of and values[1]
    ]
    rows.sort(key=lambda row: (SUN.index(row["event"]), int(row["after"])))
    write_table(output[0], (*BY_SUN, *TABLE), rows)
    log.info("%d half hours", len({(row["event"], row["after"]) for row in rows}))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
