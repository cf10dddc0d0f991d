"""Conventions over the loaded rules, and over the files that must agree with each other."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
RULES = "\n".join(path.read_text() for path in sorted((ROOT / "rules").glob("*.smk")))
JOB_RULES = {
    name: body
    for name, body in re.findall(r"^rule (\w+):\n(.*?)(?=^\S|\Z)", RULES, re.M | re.S)
    if "script:" in body
}


@pytest.mark.parametrize("name", JOB_RULES)
def test_every_job_rule_has_all_it_needs(name):
    body = JOB_RULES[name]
    # What answers a question makes no file: a benchmark would count as made, and up to date.
    measured = ["benchmark:"] if "output:" in body else []
    assert measured or "benchmark:" not in body
    for part in ("log:", *measured, "conda:", f'code=code("{name}.py")'):
        assert part in body, f"rule {name} has no {part}"
    assert f'"../workflow/scripts/{name}.py"' in body
    assert "lambda wildcards: " not in body.replace("lambda wildcards: wildcards.recording", "")


def test_every_script_has_a_rule():
    scripts = {path.stem for path in (ROOT / "workflow/scripts").glob("*.py")}
    assert scripts == set(JOB_RULES)


def test_ancient_stands_on_sources_only():
    for argument in re.findall(r"ancient\((.*?)\)\s*,?\n", RULES):
        assert argument == 'config["annotations"]["source"]' or "resources/demo" in argument


def test_functions_stand_in_common_only():
    for path in (ROOT / "rules").glob("*.smk"):
        text = path.read_text()
        if path.name == "common.smk":
            continue
        assert "def " not in text and "run:" not in text, path.name


def test_environments_have_the_versions_of_the_lock():
    lock = (ROOT / "requirements.lock").read_text()
    versions = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock, re.M))
    files = sorted((ROOT / "envs").glob("*.yaml"))
    assert files
    for path in files:
        pip = yaml.safe_load(path.read_text())["dependencies"][-1]["pip"]
        for pin in pip:
            name, version = pin.split("==")
            assert versions[name] == version, f"{path.name}: {pin}"


def test_rules_name_environments_that_exist():
    for name in re.findall(r'"\.\./envs/(\w+\.yaml)"', RULES):
        assert (ROOT / "envs" / name).is_file()


def test_profiles_agree_on_what_is_outdated():
    keys = ("rerun-triggers", "rerun-incomplete", "max-checksum-file-size")
    profiles = [
        yaml.safe_load(path.read_text()) for path in (ROOT / "profiles").glob("*/config.yaml")
    ]
    assert profiles
    for profile in profiles:
        assert [profile[key] for key in keys] == [profiles[0][key] for key in keys]
        assert "code" not in profile["rerun-triggers"]


def test_config_readme_explains_every_key():
    import json

    schema = json.loads((ROOT / "workflow/schemas/config.schema.json").read_text())
    text = (ROOT / "config/README.md").read_text()

    def keys(rules):
        for key, rule in rules.get("properties", {}).items():
            yield key
            yield from keys(rule)
        for below in (rules.get("additionalProperties"), rules.get("items")):
            if isinstance(below, dict):
                yield from keys(below)

    missing = {key for key in keys(schema) if f"`{key}`" not in text}
    assert not missing
