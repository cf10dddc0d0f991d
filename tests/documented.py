"""What the pages document: commands, and the examples of docs/models.md.

Examples are run as where this project was never installed.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
# CHANGELOG.md is left out: it tells of commands that there were.
PAGES = ("README.md", "CONTRIBUTING.md", "config/README.md", "docs/*.md", "benchmarks/*.md")
PROGRAMS = ("snakemake", "make", ".venv/bin/python", "pytest")
# As where this project was never installed.
ALONE = "import sys\nsys.modules['anurans'] = None\n"


class Command(NamedTuple):
    """A command of a page, as it stands there and in words; comments and `...` are left out."""

    page: str
    text: str
    words: tuple[str, ...]


def commands() -> list[Command]:
    """Commands in blocks of code, and in spans of code that begin with a program's name."""
    found = []
    for path in sorted({path for pattern in PAGES for path in ROOT.glob(pattern)}):
        text = path.read_text(encoding="utf-8")
        block = re.compile(r"^([ \t]*)```\w*\n(.*?)^\1```[ \t]*$", re.M | re.S)
        lines = [line for _, body in block.findall(text) for line in body.splitlines()]
        lines += re.findall(r"`([^`\n]+)`", block.sub("\n", text))
        for line in dict.fromkeys(line.strip() for line in lines):
            if line.partition(" ")[0] in PROGRAMS:
                words = tuple(word for word in shlex.split(line, comments=True) if word != "...")
                found.append(Command(path.relative_to(ROOT).as_posix(), line, words))
    return found


def examples():
    """Python of docs/models.md, by the heading that it stands under."""
    text = (ROOT / "docs/models.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^## ([^\n]+)\n(?:(?!^## ).)*?```python\n(.*?)```", text, re.M | re.S))


def python(folder, program, **environment):
    """Run a program in a folder with the library out of reach, unless it is put into PYTHONPATH."""
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
