"""What a dry run counts with."""

import os

import pytest

from anurans.engine.dry_runs import available


@pytest.mark.parametrize(
    ("cores", "jobs", "of_machine", "found"),
    [
        (4, None, 8, (4, "on 4 cores")),
        (None, 20, 8, (20, "with 20 jobs at a time")),
        (None, 1, 8, (1, "with 1 job at a time")),
        (None, None, 8, (8, "on 8 cores")),
        # A machine that does not tell.
        (None, None, None, (1, "on 1 core")),
    ],
)
def test_cores_are_those_that_are_given_or_those_of_the_machine(
    monkeypatch, cores, jobs, of_machine, found
):
    monkeypatch.setattr(os, "cpu_count", lambda: of_machine)
    assert available({"cores": cores, "jobs": jobs}) == found
