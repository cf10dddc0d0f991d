"""Questions of a queue, and what their page is given: pure, without sound."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anurans.annotations.labels import LabelRule, rule_in_words
from anurans.common.errors import UserError
from anurans.common.wording import counted
from anurans.review.review_sound import Excerpt, PageSettings

# What an answer adds to its row.
VERDICT = ("answer", "also", "quality", "note", "who", "answered_at", "rule")
NUMBERS = ("start", "end", "event_start", "event_end", "fmin", "fmax")
NEEDED = ("queue", "kind", "question", "recording", "start", "end", "species")
# What is said of a clip of each kind of queue.
KINDS = {
    "check": "A check of the model, with clips over the whole range of its scores. Your answers "
    "say which of its detections can be trusted.",
    "count": "A random sample of the season. Your answers count the clips with calls, whatever "
    "the model thinks of them.",
    "doubt": "An annotation and the models disagree about this clip. Your answer says which is "
    "right.",
    "teach": "A clip that the models would learn most from.",
    "search": "A clip that sounds like the example.",
}
# What is said of a queue that has no clip.
NOTHING = {
    "doubt": "The models agree with every annotation, and no call seems to be missing.",
    "check": "No clip has a score that needs a check.",
}
# Of these a listener is told no score, and nothing made of it, before the answer.
BLIND = ("check", "count")


@dataclass(frozen=True, slots=True)
class Question:
    """A clip, and the rows of the queue that ask about it, one for each species."""

    question: str
    recording: str
    start: float
    end: float
    rows: tuple[Mapping[str, str], ...]


def read_questions(
    rows: Iterable[Mapping[str, str]], species: Sequence[str], path: str
) -> list[Question]:
    """Gather the rows of a queue by their question, in the order of the queue.

    Parameters
    ----------
    rows
        Of the table, with the columns `NEEDED` at least; cells are text.
    species
        Codes of the configured species; the rows of a question are in their order.
    path
        Of the table, for messages.

    Raises
    ------
    UserError
        When a cell cannot be understood, or rows of one question do not agree.
    """
    found: dict[str, list[Mapping[str, str]]] = {}
    for line, row in enumerate(rows, start=2):
        _check(row, species, f"{path}, line {line}")
        found.setdefault(row["question"], []).append(row)
        first = found[row["question"]][0]
        for column in ("queue", "kind", "recording", "start", "end"):
            if row[column] != first[column]:
                raise UserError(
                    f"{path}, line {line}: question {row['question']} has the {column} "
                    f"{row[column]!r}, and {first[column]!r} in an earlier line; rows of one "
                    "question are about one clip. Draw the queue again."
                )
        if sum(row["species"] == each["species"] for each in found[row["question"]]) > 1:
            raise UserError(
                f"{path}, line {line}: question {row['question']} asks twice about "
                f"{row['species']}; expected one row for each species of a clip. Draw the queue "
                "again."
            )
    return [
        Question(
            name,
            of[0]["recording"],
            float(of[0]["start"]),
            float(of[0]["end"]),
            tuple(sorted(of, key=lambda row: species.index(row["species"]))),
        )
        for name, of in found.items()
    ]


def _check(row: Mapping[str, str], species: Sequence[str], where: str) -> None:
    """Refuse a row that cannot be shown."""
    for column in NEEDED:
        if not row[column]:
            raise UserError(f"{where}: no {column}; every row of a queue has one.")
    for column in NUMBERS:
        text = row.get(column, "")
        try:
            good = not text or float(text) >= 0
        except ValueError:
            good = False
        if not good:
            raise UserError(
                f"{where}: {column} is {text!r}; expected a number that is not negative."
            )
    if float(row["end"]) <= float(row["start"]):
        raise UserError(
            f"{where}: the clip starts at {row['start']} s and ends at {row['end']} s; expected an "
            "end after the start."
        )
    if row["kind"] not in KINDS:
        raise UserError(f"{where}: kind is {row['kind']!r}; expected one of {', '.join(KINDS)}.")
    if row["species"] not in species:
        raise UserError(
            f"{where}: species is {row['species']!r}, which the config does not have; it has "
            f"{', '.join(species)}."
        )


def local_time(told: Mapping[str, str], seconds: float) -> str:
    """Date and time of a clip, or as much as its recording's name tells.

    Examples
    --------
    >>> local_time({"date": "2021-01-15", "time": "23:59:30"}, 45)
    '2021-01-16 00:00:15'
    """
    date, time = told.get("date", ""), told.get("time", "")
    if not (date and time):
        return date
    moment = datetime.fromisoformat(f"{date} {time}") + timedelta(seconds=int(seconds))
    return moment.isoformat(" ", "seconds")


def describe(
    question: Question, told: Mapping[str, str], excerpt: Excerpt, columns: Sequence[str]
) -> dict[str, Any]:
    """What the page holds of a question.

    Parameters
    ----------
    question
        The question.
    told
        Row of its recording in the table of recordings: `site`, `date` and `time` are used.
    excerpt
        Its sound and image.
    columns
        Of the queue.
    """
    return {
        "question": question.question,
        "recording": question.recording,
        "site": told.get("site", ""),
        "time": local_time(told, question.start),
        "start": question.start,
        "end": question.end,
        "from": round(excerpt.start, 6),
        "to": round(excerpt.end, 6),
        "gain": round(excerpt.gain_db, 1),
        "rows": [[row[column] for column in columns] for row in question.rows],
        "sound": b64encode(excerpt.sound).decode("ascii"),
        "image": b64encode(excerpt.image).decode("ascii"),
    }


def page_data(
    questions: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    species: Mapping[str, str],
    rule: LabelRule,
    settings: PageSettings,
) -> dict[str, Any]:
    """What the page of a queue is given.

    Parameters
    ----------
    questions
        As `describe` gives them, in the order of the queue; one at least.
    columns
        Of the queue.
    species
        Code and name of each configured species.
    rule
        When a species is present in a clip.
    settings
        Of the page.
    """
    rows = [row for each in questions for row in each["rows"]]
    first = dict(zip(columns, rows[0], strict=True))
    # The answers that a browser keeps belong to these rows, and to no others of the same name.
    digest = hashlib.sha256(json.dumps([list(columns), rows]).encode()).hexdigest()[:12]
    return {
        "queue": first["queue"],
        "kind": first["kind"],
        "about": KINDS[first["kind"]],
        "blind": list(BLIND),
        "rule": rule_in_words(rule),
        "columns": list(columns),
        "verdict": list(VERDICT),
        "species": [{"code": code, "name": name} for code, name in species.items()],
        "top": settings.sr / 2,
        "digest": digest,
        "questions": list(questions),
    }


def nothing_to_ask(queue: str) -> str:
    """Say why the page of a queue without a question asks nothing.

    Examples
    --------
    >>> nothing_to_ask("teach-1")
    'There is nothing to listen to. Nothing was found to ask about.'
    """
    why = NOTHING.get(queue.split("-")[0], "Nothing was found to ask about.")
    return f"There is nothing to listen to. {why}"


def title(queue: str, questions: Sequence[Question]) -> str:
    """Heading of a page."""
    return f"{queue}: {counted(len(questions), 'question')}"
