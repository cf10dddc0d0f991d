"""A rule asks a plan once there is a job, and a mistake is one sentence."""

from types import SimpleNamespace

import pytest
from snakemake.logging import logger

from anurans.common.errors import UserError
from anurans.engine.asking import asked, sentence


@pytest.fixture
def shown(monkeypatch):
    """Give what is shown as an error."""
    lines = []
    monkeypatch.setattr(logger, "error", lines.append)
    return lines


def test_a_mistake_is_its_sentence_and_an_end(shown):
    @sentence
    def refuse(name, end="."):
        raise UserError(f"{name} is not there{end}")

    with pytest.raises(SystemExit) as caught:
        refuse("a.wav", end="!")
    assert caught.value.code == 1 and shown == ["\na.wav is not there!\n"]


def test_what_is_wrong_with_the_workflow_is_no_sentence(shown):
    with pytest.raises(ZeroDivisionError):
        sentence(lambda: 1 / 0)()
    assert shown == []


def test_a_method_is_given_the_wildcards_that_are_named(shown):
    def files(shard, technique):
        return [f"{technique}/{shard}.h5"]

    job = SimpleNamespace(technique="original", shard="0001", fold="1")
    assert asked(files, "shard", "technique")(job) == ["original/0001.h5"]
    assert sentence(files)("0001", technique="a") == ["a/0001.h5"]


def test_nothing_is_asked_before_there_is_a_job(shown):
    def absent():
        raise UserError("recordings.source: gone does not exist.")

    function = asked(absent)
    assert shown == []
    with pytest.raises(SystemExit):
        function(SimpleNamespace())
    assert shown == ["\nrecordings.source: gone does not exist.\n"]
