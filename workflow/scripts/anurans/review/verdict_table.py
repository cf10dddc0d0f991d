"""The table of all verdicts, one row for each clip and species, that later jobs read."""

from collections.abc import Iterable, Iterator, Mapping

from anurans.review.verdicts import VERDICT, Verdict

TOGETHER = (*VERDICT[: VERDICT.index("who")], "people", "asked", "answered_at", "rule")


def verdict_rows(verdicts: Iterable[Verdict]) -> Iterator[dict[str, str]]:
    """Rows of `TOGETHER`: the answer of most people, and who they are."""
    for one in verdicts:
        row = {column: one.row[column] for column in VERDICT if column != "who"}
        asked = "yes" if one.asked else "no"
        yield row | {"answer": one.answer, "people": ", ".join(one.people), "asked": asked}


def read_together(rows: Iterable[Mapping[str, str]]) -> list[Verdict]:
    """Read what `verdict_rows` gave."""
    return [
        Verdict(row, row["answer"], tuple(row["people"].split(", ")), row["asked"] == "yes")
        for row in rows
    ]
