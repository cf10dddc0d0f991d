"""Verdicts: what people answered to the questions of queues, read with what is wrong in them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite

from anurans.annotations.statements import CHOSEN_KINDS
from anurans.common.errors import UserError, listing
from anurans.common.tables import read_table
from anurans.common.wording import counted
from anurans.review.queues import QUEUE

PRESENT, ABSENT, UNSURE = "present", "absent", "unsure"
ANSWERS = (PRESENT, ABSENT, UNSURE)
VERDICT = (*QUEUE, "answer", "also", "quality", "note", "who", "answered_at", "rule")
# Of what is asked: whoever reads a verdict alone relies on these.
_OF_CLIP = ("kind", "recording", "start", "end")
_DRAWN = ("stratum", "stratum_size", "stratum_drawn", "probability", "score")
# Cells that a spreadsheet may write otherwise; in all others 007 is not 7.
_NUMBERS = (
    *("start", "end", "event_start", "event_end", "fmin", "fmax"),
    *("stratum_size", "stratum_drawn", "probability", "score"),
)
# Of questions of one queue in one file; where as many do not fit, it is the queue that is another.
_FEW = 5


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
        """Who answered, without spaces that do not count."""
        return " ".join(self.row["who"].split())

    @property
    def answer(self) -> str:
        """`present`, `absent` or `unsure`."""
        return self.row["answer"].strip()

    def named(self, who: str) -> "Answer":
        """The same answer, by a person whose name is written so."""
        return replace(self, row={**self.row, "who": who})


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
    files: Iterable[str],
    queues: Iterable[Mapping[str, str]],
    rule: str | None = None,
    chosen_too: bool = False,
) -> tuple[list[Answer], list[str]]:
    """Read files of verdicts.

    Parameters
    ----------
    files
        Paths.
    queues
        Rows of all queues that questions may be of.
    rule
        What the answer yes means now, in the words of the page; by default nobody is told where it
        meant something else.
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
    known = {queue for queue, _ in clips}
    wrong: list[str] = []
    notes: list[str] = []
    found: dict[tuple[str, ...], Answer] = {}
    names: dict[str, str] = {}
    for file in files:
        tally: Counter[str] = Counter()
        misfits: dict[str, list[str]] = {}
        # A note may be of several lines, and so may the row that it is in.
        line = 2
        for row in read_table(file, VERDICT):
            at, line = line, line + 1 + sum(cell.count("\n") for cell in row.values())
            if not row["answer"].strip():
                tally["without"] += 1
                continue
            is_chosen = row["kind"] in CHOSEN_KINDS
            if is_chosen and not chosen_too:
                tally["chosen"] += 1
                continue
            key = row["queue"], row["question"], row["species"]
            one = Answer(row, str(file), at, key in asked)
            queued = (row, row) if is_chosen else (asked.get(key), clips.get(key[:2]))
            misfit = _misfit(row, *queued)
            if misfit:
                misfits.setdefault(row["queue"], []).append(f"{file}, line {at}: {misfit}")
                continue
            fault = _fault(one)
            if fault:
                wrong.append(f"{file}, line {at}: {fault}")
                continue
            # One person writes a name with a capital today and without one tomorrow.
            one = one.named(names.setdefault(one.who.casefold(), one.who))
            before = found.get((*key, one.who))
            tally["again"] += before is not None
            tally["otherwise"] += rule is not None and row["rule"].strip() not in ("", rule)
            if before is None or row["answered_at"] >= before.row["answered_at"]:
                found[*key, one.who] = one
        for queue, lines in misfits.items():
            few = queue in known and len(lines) <= _FEW
            wrong += lines if few else [_of_another(queue, lines)]
        notes += _told(file, tally, rule)
    if wrong:
        raise UserError(
            "Verdicts that cannot be used:\n" + listing(wrong) + "\nHand out the file again from "
            "the page of its queue, or correct these lines; cells of the queue stay as they are."
        )
    return list(found.values()), notes


def _told(file: str, tally: Mapping[str, int], rule: str | None) -> Iterator[str]:
    """Say what was left out of a file, or is to be known about it."""
    if tally["otherwise"]:
        yield (
            f"warning: {file}: {counted(tally['otherwise'], 'answer')} given under another label "
            f"rule than the config has now. Now yes means: {rule}. The column rule has what it "
            "meant then. Answer again, or set labelling as it was."
        )
    if tally["again"]:
        yield f"{file}: {counted(tally['again'], 'answer')} given twice; the later one counts."
    if tally["chosen"]:
        yield (
            f"{file}: {counted(tally['chosen'], 'answer')} about what was suggested or searched "
            "for. Nothing is counted or checked by them (name the file under annotations.partial "
            "to learn from it)."
        )
    if tally["without"]:
        yield f"{file}: {counted(tally['without'], 'row')} without an answer."


def _of_another(queue: str, lines: list[str]) -> str:
    """Say once what is wrong with the answers of a queue, instead of line by line."""
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return (
        f"{lines[0]}{more}. Restore results/review/queues/{queue}.csv as it was when its page was "
        "made"
    )


def _misfit(
    row: Mapping[str, str], asked: Mapping[str, str] | None, clip: Mapping[str, str] | None
) -> str:
    """Say where a line is of no question that was asked, empty where it is of one."""
    if clip is None:
        return (
            f"found question {row['question']} of queue {row['queue']}, which is not there; "
            "expected a question of a queue in results/review/queues"
        )
    if asked is None and any(row[what].strip() for what in _DRAWN):
        return (
            f"found {row['species']}, which was not asked about in question {row['question']}, "
            "with a stratum or probability of having been drawn; expected these cells empty"
        )
    wanted = clip if asked is None else asked
    for what in _OF_CLIP if asked is None else QUEUE:
        if not _same(what, row[what], wanted.get(what, "")):
            return (
                f"found {what} {row[what]!r}; expected {wanted.get(what, '')!r}, as in the queue "
                f"{row['queue']}: do not change its cells by hand"
            )
    for what in ("start", "end"):
        if not _is_number(row[what]):
            return f"found {what} {row[what]!r}; expected a number of s"
    return ""


def _fault(one: Answer) -> str:
    """Say what is wrong with an answer, empty where nothing is."""
    if one.answer not in ANSWERS:
        return f"found answer {one.row['answer']!r}; expected {', '.join(ANSWERS)}"
    if not one.who:
        return "found no name in the column who; expected who answered"
    try:
        datetime.fromisoformat(one.row["answered_at"])
    except ValueError:
        return (
            f"found answered_at {one.row['answered_at']!r}; expected a date and time, such as "
            "2025-03-01T20:15:00Z"
        )
    for what in ("start", "end"):
        if not _is_number(one.row[what]):
            return f"found {what} {one.row[what]!r}; expected a number of s"
    return ""


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _same(column: str, one: str, other: str) -> bool:
    """Tell whether cells are equal, whatever a spreadsheet did to the digits of a number."""
    if one == other:
        return True
    if column not in _NUMBERS:
        return False
    try:
        a, b = float(one), float(other)
    except ValueError:
        return False
    # Some keep six digits.
    return abs(a - b) <= 1e-5 * max(1e-3, abs(a), abs(b))


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
