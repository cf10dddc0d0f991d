"""Say what precision the thresholds have in the new recordings, by how common calls are there."""

from collections import Counter

import numpy as np

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.listening.activity import Tally, add_all, gather, read_part, trusted_places
from anurans.scores.expected_precision import PRECISION, expected_row
from anurans.scores.probabilities import read_separations


def main(input, output, params):
    nights = read_table(input.drift)
    doubtful = {row["night"] for row in nights if row["trust"] == "no"}
    found, folds = {}, 1
    bins, votes = ({name: Counter() for name in params.species} for _ in range(2))
    for path in input.days:
        add_all(found, read_part(read_table(path)))
    for path in input.probabilities:
        for row in read_table(path):
            if row["night"] not in doubtful:
                bins[row["species"]][float(row["probability"])] += int(row["judgements"])
    for path in input.votes:
        for row in read_table(path):
            folds = int(row["folds"])
            if row["night"] not in doubtful:
                votes[row["species"]][int(row["votes"])] += int(row["clips"])
    trusted = gather(trusted_places(found, nights), ()).get((), {})
    known = read_separations(read_table(input.separation))
    rows = []
    for name in params.species:
        of = trusted.get(name, Tally())
        counts = (of.clips, of.positive, of.probability, of.squares)
        voted = np.array([votes[name][number] for number in range(folds + 1)])
        rows.append(expected_row(name, known.get(name), *counts, bins[name], voted))
        log.info("%s", rows[-1])
    write_table(output[0], PRECISION, rows)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
