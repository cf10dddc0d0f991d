"""The best model of a split as it is and calibrated, where there is a calibration."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from anurans.scores.calibration import calibrated, read_calibrators
from anurans.scores.curves import Scored, pool_models
from anurans.scores.ranking import few_best, gather_models, name_models
from anurans.splits.splits import TEST

Row = Mapping[str, str]


def choose_parts(
    runs: Sequence[Sequence[Row]],
    calibrators: Sequence[Row],
    read: Callable[[int], Iterable[Row]],
    species: Sequence[str],
    split: str,
    few: int,
) -> tuple[list[str], list[Scored], str, str]:
    """The best model before and after calibration, on test; else the best few as they are.

    Parameters
    ----------
    runs
        Rows of the `metrics.tsv` of each run of the split.
    calibrators
        Rows of results/calibrators.tsv.
    read
        Reads `predictions.tsv` of the run at a place.
    species
        Codes, in the order of the columns.
    split
        Its name.
    few
        How many models are shown where none is calibrated.

    Returns
    -------
    names : list of str
    parts : list of Scored
        What each of these said.
    subset
        The part that it is.
    words
        What they are.
    """
    chosen, subset, words = few_best(runs, few)
    best = next(iter(chosen), None)
    if best:
        fitted = read_calibrators(calibrators, best, species)
        tested = any(row["subset"] == TEST for at in chosen[best] for row in runs[at])
        if tested and any(fitted):
            words = f"{few_best(runs, 1)[2]}, {name_models(list(gather_models(runs)))[best]}"
            part = pool_models({best: chosen[best]}, read, species, TEST, split)[best]
            said = ["as the model says", "calibrated on the held-out clips"]
            return said, [part, calibrated(part, fitted)], TEST, words
    parts = pool_models(chosen, read, species, subset, split)
    names = name_models(list(parts))
    return [names[model] for model in parts], list(parts.values()), subset, words
