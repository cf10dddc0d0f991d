"""Examples of docs/models.md, run as where this project was never installed."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# As where this project was never installed.
ALONE = "import sys\nsys.modules['anurans'] = None\n"


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
