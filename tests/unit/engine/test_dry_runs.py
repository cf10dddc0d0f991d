"""What of a run a plan of it depends on."""

import os

from anurans.engine.dry_runs import available


def test_cores_and_jobs_are_told_in_words():
    assert available({"cores": 1, "jobs": None}) == (1, "on 1 core")
    assert available({"cores": 8, "jobs": 100}) == (8, "on 8 cores")
    assert available({"cores": None, "jobs": 100}) == (100, "with 100 jobs at a time")
    assert available({"cores": None, "jobs": 1}) == (1, "with 1 job at a time")


def test_a_machine_that_tells_no_cores_has_one(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert available({"cores": None, "jobs": None}) == (1, "on 1 core")
