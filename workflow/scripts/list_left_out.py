"""List the new recordings that are in no detection history, or in no data package, and why.

And the answers about clips that change nothing.
"""

from collections import Counter

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.exports.answers import read_settled
from anurans.exports.left_out import LEFT_OUT, left_out_rows, unused_answers


def main(input, output, params):
    recordings = read_table(input.recordings)
    answers = read_settled(row for path in input.answers for row in read_table(path))
    events = [row for path in input.events for row in read_table(path)]
    unused = list(unused_answers(answers, recordings, events, params.places, params.species))
    rows = list(left_out_rows(recordings, params.places))
    write_table(output[0], LEFT_OUT, [*rows, *unused])
    log.info("%d rows of recordings", len(rows))
    log.info("%d of %d answers change nothing", len(unused), len(answers))
    for reason, n in Counter(row["reason"] for row in unused).most_common():
        log.info("%d: %s", n, reason)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
