"""Measure by how much a leaky split, or one within sites, flatters the same models."""

from anurans.common.jobs import log, run
from anurans.common.tables import read_table, write_table
from anurans.scores.comparison import OPTIMISM, read_decisions, score_optimism
from anurans.splits.splits import HELD_OUT, TEST


def main(input, output, params):
    models = {}
    for metrics, predictions in zip(input.metrics, input.predictions, strict=True):
        about = next(iter(read_table(metrics)), None)  # every row says what the run is
        if about is None:  # no part of it is scored
            continue
        model = tuple(about[key] for key in OPTIMISM[:5])
        decisions = read_decisions(read_table(predictions), params.species)
        models.setdefault(model, {}).setdefault(about["split"], []).append(decisions)
    rows = []
    for model, of in sorted(models.items()):
        pairs = [(leaky, split) for leaky, split in params.easier if leaky in of and split in of]
        for subset in (HELD_OUT, TEST):
            for leaky, split in pairs:
                parts = [
                    [fold[subset] for fold in of[name] if subset in fold] for name in (leaky, split)
                ]
                if all(parts):
                    about = dict(zip(OPTIMISM, (*model, subset, split), strict=False))
                    about |= {"by": params.by[split], "leaky": leaky}
                    found = score_optimism(*parts, subset, params.resamples, params.seed)
                    rows.append(about | found)
                    log.info("%s, %s", about, found)
    write_table(output[0], OPTIMISM, rows)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
