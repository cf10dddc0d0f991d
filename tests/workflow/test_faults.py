"""docs/faults.md says what the tests of faults say."""

import shutil
import subprocess
import sys

from conftest import ROOT


def test_the_page_of_faults_is_what_the_tests_provoke(tmp_path):
    shutil.copy2(ROOT / "docs/faults.md", tmp_path)
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--write-docs"]
    done = subprocess.run(
        [*command, f"--docs={tmp_path}"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    now = (tmp_path / "faults.md").read_text(encoding="utf-8")
    assert "| what is wrong |" in now
    told = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
    assert told == now, "to renew it: pytest --collect-only --write-docs"
