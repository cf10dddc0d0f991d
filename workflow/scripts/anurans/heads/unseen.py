"""What fits said of clips that they left out, as a training wrote it down."""

from collections.abc import Iterable, Mapping, Sequence

from anurans.recordings.clips import ORIGINAL


def read_unseen(
    rows: Iterable[Mapping[str, str]], species: Sequence[str]
) -> dict[str, list[float]] | None:
    """Scores in rows of clips.tsv of each clip, by fits that left out its inner fold.

    Returns
    -------
    dict or None
        By clip, NaN where a species has none; None where the run has no inner folds.
    """
    found = {
        row["clip"]: [float(row[f"score_{name}"] or "nan") for name in species]
        for row in rows
        if row["inner_fold"] and row["technique"] == ORIGINAL
    }
    return found or None
