"""Write label files as verdicts correct them, beside the sources, and say what changed."""

import shutil
from pathlib import Path

from anurans.annotations.labels import LabelRule
from anurans.annotations.sources import AnnotationSource
from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.review.corrected_files import correct_all
from anurans.review.corrections import CHANGES, YIELD, doubt_yield
from anurans.review.verdict_table import read_together


def main(input, output, params):
    verdicts = read_together(read_table(input.verdicts))
    asked = [row for path in input.queues for row in read_table(path)]
    source = AnnotationSource(input.annotations, params.recordings, **params.settings)
    folder = Path(output.corrected)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    labels = {name: texts[0] for name, texts in (params.settings["labels"] or {}).items()}
    rule = LabelRule(**params.labelling)
    changes = correct_all(source, verdicts, folder, labels, rule)
    write_table(output.changes, CHANGES, changes)
    write_table(output.found, YIELD, doubt_yield(verdicts, asked))
    log.info("%d lines of annotations changed, in %s", len(changes), folder)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
