"""Verdicts: what people answered to the questions of queues, read with what is wrong in them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from anurans.common.errors import UserError, listing
from anurans.common.tables import read_table
from anurans.common.wording import counted
from anurans.review.queues import QUEUE

PRESENT, ABSENT, UNSURE = "present", "absent", "unsure"
ANSWERS = (PRESENT, ABSENT, UNSURE)
VERDICT = (*QUEUE, "answer", "also", "quality", "note", "who", "answered_at", "rule")
# Of what is asked: whoever reads a verdict alone relies on these.
_OF_CLIP = ("kind", "recording", "start", "end")
# Of queues whose clips were chosen, and not drawn: nothing is counted or checked by them.
CHOSEN = ("teach", "search")
_DRAWN = ("stratum", "stratum_size", "stratum_drawn", "probability", "score")


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's answer about one clip and species.

    Attributes
    ----------
    row
        The cells of its line, those of the queue among them.
    file, line
        Where it stands.
    asked
        False for a species that the person added.
    """

    row: Mapping[str, str]
    file: str
    line: int
    asked: bool

    @property
    def key(self) -> tuple[str, str, str]:
        """Queue, question and species."""
        return self.row["queue"], self.row["question"], self.row["species"]

    @property
    def who(self) -> str:
        """Who answered."""
        return self.row["who"].strip()

    @property
    def answer(self) -> str:
        """`present`, `absent` or `unsure`."""
        return self.row["answer"].strip()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What people together answered about one clip and species.

    Attributes
    ----------
    row
        Cells of one of their lines.
    answer
        That of most of them; `unsure` where there is no such.
    people
        Names, sorted.
    asked
        False for a species that a person added, which nobody had drawn.
    """

    row: Mapping[str, str]
    answer: str
    people: tuple[str, ...]
    asked: bool

    @property
    def species(self) -> str:
        """Code of the species."""
        return self.row["species"]


def read_verdicts(
    files: Iterable[str], queues: Iterable[Mapping[str, str]], chosen_too: bool = False
) -> tuple[list[Answer], list[str]]:
    """Read files of verdicts.

    Parameters
    ----------
    files
        Paths.
    queues
        Rows of all queues that questions may be of.
    chosen_too
        Whether answers about clips that were chosen, and not drawn, are given too. A search is made
        anew under its old name, so that they are held against no queue.

    Returns
    -------
    answers, notes
        The last answer of each person to each question, and a sentence for whatever was left out.

    Raises
    ------
    UserError
        With every line that is of no queue, that says something else than its queue does, or whose
        answer is none.
    """
    asked = {(row["queue"], row["question"], row["species"]): row for row in queues}
    clips = {(queue, name): row for (queue, name, _), row in asked.items()}
    wrong: list[str] = []
    notes: list[str] = []
    found: dict[tuple[str, ...], Answer] = {}
    for file in files:
        again = without = chosen = 0
        # A note may be of several lines, and so may the row that it is in.
        line = 2
        for row in read_table(file, VERDICT):
            at, line = line, line + 1 + sum(cell.count("\n") for cell in row.values())
            if not row["answer"].strip():
                without += 1
                continue
            is_chosen = row["kind"] in CHOSEN
            if is_chosen and not chosen_too:
                chosen += 1
                continue
            key = row["queue"], row["question"], row["species"]
            one = Answer(row, str(file), at, key in asked)
            queued = (row, row) if is_chosen else (asked.get(key), clips.get(key[:2]))
            fault = _fault(one, *queued)
            if fault:
                wrong.append(f"{file}, line {at}: {fault}")
                continue
            before = found.get((*key, one.who))
            again += before is not None
            if before is None or one.row["answered_at"] >= before.row["answered_at"]:
                found[*key, one.who] = one
        if again:
            notes.append(f"{file}: {counted(again, 'answer')} given twice; the later one counts.")
        if chosen:
            notes.append(
                f"{file}: {counted(chosen, 'answer')} of what was suggested or searched for, by "
                "which nothing is counted or checked (name the file under annotations.partial to "
                "learn from it)."
            )
        if without:
            notes.append(f"{file}: {counted(without, 'row')} without an answer.")
    if wrong:
        raise UserError(
            "Verdicts that cannot be used:\n" + listing(wrong) + "\nHand out the file again from "
            "the page of its queue, or correct these lines; cells of the queue stay as they are."
        )
    return list(found.values()), notes


def _fault(one: Answer, asked: Mapping[str, str] | None, clip: Mapping[str, str] | None) -> str:
    """Say what is wrong in a line, empty where nothing is."""
    row = one.row
    if clip is None:
        return (
            f"found question {row['question']} of queue {row['queue']}, which is not there; "
            "expected a question of a queue in results/review/queues"
        )
    if one.answer not in ANSWERS:
        return f"found answer {row['answer']!r}; expected {', '.join(ANSWERS)}"
    if not one.who:
        return "found no name in the column who; expected who answered"
    try:
        datetime.fromisoformat(row["answered_at"])
    except ValueError:
        return (
            f"found answered_at {row['answered_at']!r}; expected a date and time, such as "
            "2025-03-01T20:15:00Z"
        )
    if asked is None and any(row[what].strip() for what in _DRAWN):
        return (
            f"found {row['species']}, which was not asked about in question {row['question']}, "
            "with a stratum or probability of having been drawn; expected these cells empty"
        )
    wanted = clip if asked is None else asked
    for what in _OF_CLIP if asked is None else QUEUE:
        if not _same(row[what], wanted.get(what, "")):
            return (
                f"found {what} {row[what]!r}; expected {wanted.get(what, '')!r}, as in the queue "
                f"{row['queue']}: its cells are not to be changed by hand"
            )
    for what in ("start", "end"):
        if not _is_number(row[what]):
            return f"found {what} {row[what]!r}; expected a number of s"
    return ""


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _same(one: str, other: str) -> bool:
    """Tell whether cells are equal, whatever a spreadsheet did to the digits of a number."""
    if one == other:
        return True
    try:
        a, b = float(one), float(other)
    except ValueError:
        return False
    return abs(a - b) <= 1e-6 * max(1e-3, abs(a), abs(b))


def put_together(answers: Iterable[Answer]) -> list[Verdict]:
    """Make one verdict of the answers of several people to a question.

    The answer of most of them counts; where two answers are given as often, nobody is sure.

    Returns
    -------
    list of Verdict
        By queue, question and species.
    """
    of: dict[tuple[str, str, str], list[Answer]] = {}
    for one in answers:
        of.setdefault(one.key, []).append(one)
    verdicts = []
    for _, given in sorted(of.items()):
        people = tuple(sorted(one.who for one in given))
        verdicts.append(Verdict(given[0].row, answer_of_most(given), people, given[0].asked))
    return verdicts


def answer_of_most(given: Iterable[Answer]) -> str:
    """The answer that most people gave; `unsure` where two were given as often."""
    (first, most), *others = Counter(one.answer for one in given).most_common()
    return UNSURE if others and others[0][1] == most else first
