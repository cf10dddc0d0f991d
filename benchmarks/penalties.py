"""Whether penalties that are not tried could have been chosen: with all of them, on three sets.

    .venv/bin/python benchmarks/penalties.py --folder FOLDER [arguments of little_data.py]

Fits the logistic heads of `benchmarks/little_data.py` with every penalty, and tells for how many
species another one would have been chosen by stopping where `has_risen` does, and how many
penalties that saves.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import little_data

from anurans.heads import logistic

curves = []
stops = logistic.has_risen


def watched(*arguments):
    """Fit with every penalty, and keep what each left out."""
    fit = logistic.fit_logistic(*arguments)
    for species in {row["species"] for row in fit.path}:
        losses = [row["loss"] for row in fit.path if row["species"] == species]
        if losses[0] is not None:
            curves.append(losses)
    return fit


def main():
    """Measure and print."""
    logistic.has_risen = lambda losses: False
    little_data.fit_logistic = watched
    sys.argv[1:] = ["--heads", "logistic", *sys.argv[1:]]
    little_data.main()
    other = saved = 0
    for losses in curves:
        tried = next((n for n in range(len(losses)) if stops(losses[:n])), len(losses))
        other += min(losses[:tried]) > min(losses)
        saved += len(losses) - tried
    print(
        f"{len(curves)} curves: another penalty for {other}; of {len(losses)} penalties "
        f"{saved / len(curves):.1f} are not tried"
    )


if __name__ == "__main__":
    main()
