"""Commands of the pages: options, targets, keys of the config and files are there."""

import json
import re
import subprocess
import sys

import pytest
import yaml
from conftest import CONFIG, write_config
from documented import ROOT, commands
from snakemake.cli import get_argument_parser

# Words of commands that are not checked, with the reason.
READERS_OWN = {
    "FILES": "stands for any results",
    "RULE": "stands for any rule",
    "my.yaml": "the reader's config",
    "network.yaml": "the reader's config, as docs/occupancy.md has it",
    "theirs.yaml": "the config of whoever was given a model",
    "profiles/my-kubernetes": "the reader's profile, as docs/object-storage.md has it",
    "pond_runs": "a rule of another workflow, which has this one as a module (docs/module.md)",
}
# Loads the workflow, and keeps its rules, and of the files that are named those that a rule makes.
LOAD = """
import json, sys
from pathlib import Path
from snakemake.api import SnakemakeApi
from snakemake.settings.enums import Quietness
from snakemake.settings.types import OutputSettings, ResourceSettings

with SnakemakeApi(OutputSettings(dryrun=True, quiet={Quietness.ALL})) as api:
    loaded = api.workflow(ResourceSettings(cores=1), snakefile=Path("Snakefile"))
    rules = list(loaded._workflow.rules)
    made = [name for name in sys.argv[1:] if any(rule.is_producer(name) for rule in rules)]
Path("found.json").write_text(json.dumps([*made, *(rule.name for rule in rules)]))
"""


def of(program):
    return [each for each in commands() if each.words[0] == program]


@pytest.fixture(scope="module")
def parsed():
    """Commands of Snakemake, as its own parser takes their arguments."""
    parser, found = get_argument_parser(), []
    parser.error = lambda message: pytest.fail(f"{each.page}: {each.text}: {message}")
    for each in of("snakemake"):
        found.append((each, parser.parse_args(list(each.words[1:]))))
    return found


@pytest.fixture(scope="module")
def targets(parsed, unbuilt, copied):
    """Rules, and files of the pages that one of them makes, where there are new recordings."""
    world = copied(unbuilt)
    write_config(world, CONFIG | {"detection": {"recordings": {"source": "recordings"}}})
    named = {name for _, asked in parsed for name in asked.targets}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *sorted(named)], cwd=world, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {*json.loads((world / "found.json").read_text()), *READERS_OWN}


def unknown_keys(value, rules, at=""):
    """Keys of a part of a config that its part of the schema does not have."""
    if isinstance(value, dict) and "properties" in rules:
        for key, below in value.items():
            if key in rules["properties"]:
                yield from unknown_keys(below, rules["properties"][key], f"{at}{key}.")
            else:
                yield f"{at}{key}"


def test_unknown_words_are_found():
    rules = {"properties": {"a": {"properties": {"b": {}}}}}
    assert list(unknown_keys({"a": {"b": 1, "c": 2}, "d": 3}, rules)) == ["a.c", "d"]
    assert len(of("snakemake")) > 50 and len(of("make")) > 20


def test_words_that_are_not_checked_stand_in_a_command():
    assert not set(READERS_OWN) - {word for each in commands() for word in each.words}


def test_targets_and_rules_are_there(parsed, targets):
    wrong = {
        (each.page, each.text): sorted(missing)
        for each, asked in parsed
        if (missing := {*asked.targets, *(asked.forcerun or ())} - targets)
    }
    assert not wrong


def test_keys_of_the_config_are_in_the_schema(parsed):
    schema = json.loads((ROOT / "workflow/schemas/config.schema.json").read_text(encoding="utf-8"))
    given = [word.partition("=") for _, asked in parsed for word in asked.config or ()]
    assert len(given) > 3
    for key, _, value in given:
        assert not list(unknown_keys({key: yaml.safe_load(value)}, schema))


def test_configs_and_profiles_are_there(parsed):
    for each, asked in parsed:
        for path in [*(asked.configfile or ()), *filter(None, [asked.workflow_profile])]:
            assert str(path) in READERS_OWN or (ROOT / path).exists(), (each.page, each.text)


def test_targets_and_variables_of_make_are_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w.-]+):(?!=)", makefile, re.M))
    variables = set(re.findall(r"\$\((?:or \$\()?([A-Z]+)\b", makefile))
    for each in of("make"):
        for word in each.words[1:]:
            name, is_variable, _ = word.partition("=")
            assert name in (variables if is_variable else targets), (each.page, each.text)


def test_programs_and_their_options_are_there():
    """Options of our own programs stand in their text; pytest's own are not looked for."""
    for each in [*of(".venv/bin/python"), *of("pytest")]:
        program, *words = each.words
        text = (ROOT / "tests/conftest.py").read_text(encoding="utf-8")
        for word in words:
            if word.endswith(".py"):
                text += (ROOT / word).read_text(encoding="utf-8")
            elif word.startswith("--") and (program, word) != ("pytest", "--collect-only"):
                assert f'"{word}"' in text, (each.page, each.text)
