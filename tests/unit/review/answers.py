"""Verdicts written by hand, for the tests of what follows from them."""

from anurans.review.verdicts import VERDICT, Verdict

AT = "2025-03-01T20:15:00Z"


def row(question, species, answer, **other):
    """Cells of a verdict on a clip of 5 s."""
    start = 5.0 * int(question[1:])
    cells = dict.fromkeys(VERDICT, "")
    cells |= {"queue": "count-1", "kind": "count", "question": question, "recording": "R1"}
    cells |= {"start": f"{start:.6f}", "end": f"{start + 5:.6f}", "species": species}
    cells |= {"stratum": "low", "stratum_size": "100", "stratum_drawn": "10"}
    cells |= {"probability": "0.1", "score": "0.25", "model": "abc", "why": "drawn at random"}
    cells |= {"answer": answer, "who": "Ana", "answered_at": AT, "rule": "default"}
    return cells | other


def verdict(question, species, answer, asked=True, **other):
    """What one person answered."""
    cells = row(question, species, answer, **other)
    return Verdict(cells, answer, (cells["who"],), asked)
