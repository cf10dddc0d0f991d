"""Write the page of how far the new recordings lie from those that the model learnt from."""

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.listening.detector import read_detector
from anurans.listening.drift import find_limits
from anurans.report.drift_page import drift_page


def main(input, output, params):
    about = read_detector(input.model).about
    training = read_table(input.training)
    limits = find_limits(training, about["limit"])
    nights = read_table(input.nights)
    text = drift_page(about, limits, read_table(input.drift), nights)
    with whole(output[0]) as partial:
        partial.write_text(text, encoding="utf-8")
    log.info("%d nights", len(nights))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
