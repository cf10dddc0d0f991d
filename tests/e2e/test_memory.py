"""What each rule declares to need of memory, and what its jobs have held."""

import re
import subprocess
import sys
from collections import defaultdict

import numpy as np
import pytest
import soundfile as sf
from conftest import ROOT, read


def peaks(world):
    """Peaks of the jobs of each rule in MB: as the job itself found it, and as the benchmark."""
    found = defaultdict(list)
    for path in world.glob("logs/**/*.log"):
        rule = path.relative_to(world / "logs").parts[0].removesuffix(".log")
        (peak,) = re.findall(r"done in .* s, (\d+) MB at the peak", path.read_text())
        found[rule].append(float(peak))
    for path in world.glob("results/benchmarks/**/*.tsv"):
        rule = path.relative_to(world / "results/benchmarks").parts[0].removesuffix(".tsv")
        (row,) = read(path, "\t")
        # Snakemake may not have looked at a short job at all.
        found[rule] += [float(row["max_rss"])] if row["max_rss"] not in ("NA", "-") else []
    return found


def test_no_job_holds_more_memory_than_its_rule_declares(built):
    # What Snakemake says of each job stands in its log alone.
    logs = sorted((built / ".snakemake/log").glob("*.log"))
    declared = {
        rule: int(mem_mb)
        for rule, mem_mb in re.findall(
            r"^(?:local)?rule (\w+):$(?:\n    .*)*?\n    resources:.* mem_mb=(\d+)",
            "\n".join(path.read_text() for path in logs),
            re.M,
        )
    }
    found = peaks(built)
    assert set(found) == set(declared) and len(found) > 25
    # A peak that a job does not know would be 0; Python and NumPy alone hold 20.
    assert all(min(of) >= 0 and 20 < max(of) <= declared[rule] for rule, of in found.items())


READ = """
import sys
from anurans.recordings.audio import read_clips
from anurans.recordings.inspection import inspect
from anurans.common.jobs import peak_memory
from anurans.recordings.names import Recording
about = inspect(Recording("a", sys.argv[1]), 5.0, 0.5, "mix")
clips = sum(1 for clip in read_clips(sys.argv[1], "mix", 22050, 5.0, int(about.duration_s / 5)))
print(about.status, clips, peak_memory())
"""


@pytest.mark.fault(
    "Memory",
    "a recording of an hour",
    kept="all of it; it is read in pieces, and needs no more memory than four minutes",
)
def test_an_hour_takes_no_more_memory_than_minutes(tmp_path):
    peak = {}
    for minutes in (4, 60):
        path = tmp_path / f"{minutes}.wav"
        with sf.SoundFile(path, "w", 16000, 1, "PCM_U8") as file:
            for _ in range(minutes):
                file.write(np.random.default_rng(1).normal(0, 0.1, 60 * 16000))
        done = subprocess.run(
            [sys.executable, "-c", READ, str(path)],
            env={"PYTHONPATH": str(ROOT / "workflow/scripts")},
            capture_output=True,
            text=True,
            check=True,
        )
        status, clips, mb = done.stdout.split()
        assert (status, int(clips)) == ("ok", minutes * 12)
        peak[minutes] = float(mb)
    # Held at once, its samples alone would be 230 MB.
    assert peak[60] < 1.2 * peak[4]
