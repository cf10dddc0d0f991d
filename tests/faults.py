"""The table of faults in docs/faults.md, made of the markers of the tests that provoke them.

A test of a fault carries `@pytest.mark.fault(section, fault, sees=..., kept=...)`, or each of its
parameters does (`pytest.param(..., marks=pytest.mark.fault(...))`): what goes wrong, the telling
part of the message that the user gets, and what is kept. The fixture `sees` gives that part, and
the test asserts that it is what came; so the table says what was seen. `sees` is left out where
the fault is borne without a message.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

SECTIONS = (
    "Recordings",
    "Annotations",
    "Config",
    "Detection",
    "Review",
    "Exports",
    "Downloads",
    "Object storage",
    "Crashes",
    "Memory",
    "Security",
    "Repeatability",
)
BEGIN, END = "<!-- from the tests: begin -->\n", "<!-- from the tests: end -->"
FILE = "faults.md"


def fault_of(item: pytest.Item) -> tuple[str, str, str, str] | None:
    """Section, fault, what is seen and what is kept of a test, None where it is of no fault."""
    marker = item.get_closest_marker("fault")
    if marker is None:
        return None
    try:
        section, fault = marker.args
        kept, sees = marker.kwargs["kept"], marker.kwargs.get("sees", "")
        unknown = set(marker.kwargs) - {"kept", "sees"}
    except (ValueError, KeyError):
        raise pytest.UsageError(
            f"{item.nodeid}: expected fault(section, fault, sees=..., kept=...)"
        ) from None
    if section not in SECTIONS or unknown:
        raise pytest.UsageError(f"{item.nodeid}: no section {section}, or {unknown} unknown")
    if sees and "sees" not in item.fixturenames:
        raise pytest.UsageError(f"{item.nodeid}: says what is seen, but does not ask for `sees`")
    return section, fault, sees, kept


def table(items: Iterable[pytest.Item]) -> str:
    """Tables of all faults, one for each section, as Markdown."""
    rows = dict.fromkeys(fault for item in items if (fault := fault_of(item)))
    parts = []
    for section in SECTIONS:
        lines = [
            f"| {_cell(fault)} | {f'`{_cell(sees)}`' if sees else 'no message'} | {_cell(kept)} |"
            for where, fault, sees, kept in rows
            if where == section
        ]
        if lines:
            head = ["| what is wrong | what you see | what is kept |", "| --- | --- | --- |"]
            parts.append("\n".join([f"## {section}", "", *head, *lines, ""]))
    return "\n".join(parts)


def write(folder: Path, items: Iterable[pytest.Item]) -> None:
    """Put the tables between the marks of the page in `folder`."""
    page = folder / FILE
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    text = f"{before}{BEGIN}{table(items)}{END}{after}"
    page.write_text(text, encoding="utf-8")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
