"""Gather what people answered, put together where several did, and where they disagree."""

from anurans.annotations.labels import LabelRule, rule_in_words
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.review.agreement import (
    AGREEMENT,
    DISAGREEMENT,
    list_disagreements,
    measure_agreement,
)
from anurans.review.queues import QUEUE
from anurans.review.verdict_table import TOGETHER, verdict_rows
from anurans.review.verdicts import put_together, read_verdicts


def main(input, output, params):
    queues = [row for path in input.queues for row in read_table(path, QUEUE)]
    rule = rule_in_words(LabelRule(**params.labelling))
    answers, notes = read_verdicts(input.verdicts, queues, rule)
    write_table(output.verdicts, TOGETHER, verdict_rows(put_together(answers)))
    write_table(output.agreement, AGREEMENT, measure_agreement(answers))
    write_table(output.disagreements, DISAGREEMENT, list_disagreements(answers))
    for note in notes:
        log.info("%s", note)
    log.info("%d answers by %d people", len(answers), len({one.who for one in answers}))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
