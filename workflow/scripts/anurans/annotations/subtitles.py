"""Reads subtitles, .srt and .vtt, in which Audacity (since 3.5) and others save labels."""

import html
import re

_TIME = r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)[.,](\d{3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_ARROW = "-->"
_ASIDE = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")
EXPECTED = "times such as 00:00:02,000 --> 00:00:03,000"


def is_subtitles(text: str) -> bool:
    """Tell from its beginning whether a decoded text holds subtitles.

    Examples
    --------
    >>> is_subtitles("WEBVTT\\n\\n00:02.000 --> 00:03.000\\nBOAALB")
    True
    >>> is_subtitles("1.0\\t2.0\\tBOAALB")
    False
    """
    first = [line for line in text[:2000].split("\n") if line.strip()][:2]
    return bool(first) and (_is_vtt(first[0]) or any(map(_TIMES.fullmatch, first)))


def _is_vtt(line: str) -> bool:
    return re.fullmatch(r"WEBVTT(\s.*)?", line.strip()) is not None


def read_subtitles(text: str, builder, reading) -> list:
    """Read the text of subtitles, as `anurans.annotations.formats.read_annotations` does.

    Returns
    -------
    list of Annotation
        One of each subtitle. Notes and styles of a .vtt are counted.
    """
    calls, lines = [], text.split("\n")
    is_vtt = _is_vtt(next(line for line in lines if line.strip()))
    for first, block in _blocks(lines):
        last = first + len(block) - 1
        if first == _first_line(lines) and _is_vtt(block[0]):
            if any(_ARROW in line for line in block):
                reading.rows += 1
                found = "a subtitle in the lines of WEBVTT"
                builder.problem(first, found, "an empty line after WEBVTT", last=last)
            continue
        if is_vtt and _ASIDE.match(block[0]):
            reading.rows += 1
            reading.passed["notes and styles", builder.owner] += 1
            continue
        # A block may begin with a number or name of its own.
        at = 0 if _ARROW in block[0] or len(block) == 1 else 1
        reading.rows += 1
        times = _TIMES.fullmatch(block[at])
        if times is None:
            builder.problem(first + at, f'"{block[at].strip():.60}"', EXPECTED, last=last)
            continue
        label = "\n".join(block[at + 1 :])
        if _ARROW in label:
            found = "times in the text of a label"
            builder.problem(first + at, found, "an empty line before them", last=last)
            continue
        start, end = _seconds(*times.groups()[:4]), _seconds(*times.groups()[4:])
        label = html.unescape(label) if is_vtt else label
        if call := builder.build(first + at, start, end, label):
            calls.append(call)
    return calls


def _first_line(lines: list[str]) -> int:
    return next((n for n, line in enumerate(lines, start=1) if line.strip()), 0)


def _blocks(lines: list[str]):
    """Yield the lines between empty ones, with the number of the first."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _seconds(hours: str | None, minutes: str, seconds: str, part: str) -> str:
    """Write a time in s, exactly as it was given."""
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return f"{whole}.{part}"
