"""Reads a TextGrid of Praat, long or short: every interval and point that has a text is a label."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What Praat reads: texts in quotes, numbers and flags that stand alone. All else is for people.
_TOKEN = re.compile(
    r'(?P<text>"(?:[^"]|"")*")|(?P<comment>![^\n]*)'
    r"|(?P<flag><exists>|<absent>)|(?P<number>(?<!\S)[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?%?(?!\S))"
    r"|(?P<other>[^\s\"]+|\")"
)
SILENCE = "an interval or point without a text"
EXPECTED = "a TextGrid as Praat saves it"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    value: str
    line: int

    def __str__(self) -> str:
        text = f"{self.value:.40}".replace("\n", " ")
        return f'"{text}"' if self.kind == "text" else text


class _Broken(Exception):
    """A line, what was found in it, and what was expected."""


class _Tokens:
    """The tokens of a TextGrid, each taken as what it has to be."""

    def __init__(self, text: str) -> None:
        self._all = _tokens(text)
        self.line = 1

    def take(self, kind: str, what: str) -> str:
        token = next(self._all, None)
        if token is None:
            raise _Broken(self.line, "the end of the file", what)
        self.line = token.line
        if token.kind != kind:
            raise _Broken(token.line, str(token), what)
        return token.value

    def count(self, what: str) -> int:
        text = self.take("number", what)
        if not text.isdigit():
            raise _Broken(self.line, text, what)
        return int(text)

    def rest(self) -> _Token | None:
        return next(self._all, None)


def _tokens(text: str) -> Iterator[_Token]:
    line, at = 1, 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        line, at = line + text.count("\n", at, match.start()), match.start()
        if kind == "text":
            yield _Token("text", match[0][1:-1].replace('""', '"'), line)
        elif kind in ("number", "flag") or match[0] == '"':
            yield _Token(kind, match[0], line)


def read_textgrid(text: str, builder, reading) -> list:
    """Read the text of a TextGrid, as `anurans.annotations.formats.read_annotations` does.

    What stands behind a place that cannot be understood is lost, and told as one problem: nothing
    marks where the next interval begins.

    Returns
    -------
    list of Annotation
        Of all tiers, in their order. Intervals and points without a text are counted.
    """
    tokens, calls = _Tokens(text), []
    try:
        tokens.take("text", EXPECTED)
        if tokens.take("text", EXPECTED) != "TextGrid":
            raise _Broken(tokens.line, "an object of Praat that is no TextGrid", EXPECTED)
        for what in ("its start", "its end"):
            tokens.take("number", what)
        tokens.take("flag", "<exists>")
        for _ in range(tokens.count("the number of tiers")):
            kind = tokens.take("text", "the kind of a tier")
            if kind not in ("IntervalTier", "TextTier"):
                raise _Broken(tokens.line, f'"{kind:.40}"', '"IntervalTier" or "TextTier"')
            tokens.take("text", "the name of a tier")
            for what in ("the start of a tier", "the end of a tier"):
                tokens.take("number", what)
            for _ in range(tokens.count("the number of intervals or points of a tier")):
                start = tokens.take("number", "a time in s")
                line = tokens.line
                is_interval = kind == "IntervalTier"
                end = tokens.take("number", "the end of an interval") if is_interval else start
                label = tokens.take("text", "a text in quotes")
                reading.rows += 1
                if not label.strip():
                    reading.passed[SILENCE, builder.owner] += 1
                elif call := builder.build(line, start, end, label):
                    calls.append(call)
        if (left := tokens.rest()) is not None:
            what = "the end of the file, where the tiers that were announced end"
            raise _Broken(left.line, str(left), what)
    except _Broken as error:
        line, found, expected = error.args
        builder.problem(line, found, expected, whole=True)
    return calls
