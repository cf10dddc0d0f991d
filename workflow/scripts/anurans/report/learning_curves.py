"""Losses of trainings, by epoch or penalty, as figures draw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anurans.scores.comparison import MODEL

EPOCH, PENALTY = "epoch", "penalty"


@dataclass(frozen=True, slots=True)
class Curve:
    """Losses of a training, by epoch, or by the penalties tried for one species.

    `lines` are those on training and validation, None where it is not known; `kept` is where the
    one was that was kept.
    """

    by: str
    x: Sequence[float]
    lines: tuple[list[float | None], list[float | None]]
    kept: float

    @property
    def known(self) -> list[float]:
        """All its losses."""
        return [loss for line in self.lines for loss in line if loss is not None]


def read_curves(rows: Sequence[Mapping[str, str]], metrics: Mapping[str, str]) -> list[Curve]:
    """Curves of a training: one by epoch, or one by penalty of each species.

    Parameters
    ----------
    rows
        Of its history.tsv.
    metrics
        Any row of its metrics.tsv.
    """
    if rows and "C" not in rows[0]:
        loss, val_loss = (
            [float(row[key]) if row.get(key) else None for row in rows]
            for key in ("loss", "val_loss")
        )
        epochs = [int(row["epoch"]) for row in rows]
        return [Curve(EPOCH, epochs, (loss, val_loss), int(metrics["best_epoch"]))]
    found = []
    for species in dict.fromkeys(row["species"] for row in rows):
        of = [row for row in rows if row["species"] == species]
        left_out = [float(row["loss"]) if row["loss"] else None for row in of]
        kept = next(float(row["C"]) for row in of if row["chosen"] == "1")
        unknown: list[float | None] = [None] * len(of)
        found.append(Curve(PENALTY, [float(row["C"]) for row in of], (unknown, left_out), kept))
    return found


def columns_for(models: Sequence[Sequence[str]], most: int) -> int:
    """Columns, at most so many, that put datasets of a model side by side, if all have the same."""
    at = MODEL.index("dataset")
    datasets = {model[at] for model in models}
    others = {(*model[:at], *model[at + 1 :]) for model in models}
    full = len(models) == len(datasets) * len(others)
    return len(datasets) if full and 3 <= len(datasets) <= most else min(most, max(3, len(models)))
