"""Corrected label files of all recordings that verdicts are about, beside their sources."""

from collections.abc import Iterable
from pathlib import Path

from anurans.annotations.sources import AnnotationSource
from anurans.review.verdicts import Verdict


def correct_all(
    source: AnnotationSource, verdicts: Iterable[Verdict], folder: Path
) -> list[dict[str, object]]:
    """Placeholder."""
    return []
