"""Conventions over the loaded rules, and over the files that must agree with each other."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import CONFIG, write_config

from anurans.common.code_digests import Code
from anurans.common.rule_facts import RULES as FACTS
from anurans.common.rule_facts import rule_that_tells
from anurans.engine.changed_settings import CONSEQUENCES, SETTINGS
from anurans.recordings.sites import SITES

ROOT = Path(__file__).parents[2]
RULES = "\n".join(path.read_text() for path in sorted((ROOT / "rules").glob("*.smk")))
# Rules that are another with other parameters: name, and whose script they have.
ALIKE = {name: of for of, name in re.findall(r"^use rule (\w+) as (\w+) with:", RULES, re.M)}
NAMES = [*re.findall(r"^rule (\w+):", RULES, re.M), *ALIKE]
# What only answers a question, or fetches what is not there, has no output and is never up to date.
DOWNLOADS = {"download_site", "download_weights", *ALIKE}
QUESTIONS = {"runs", "start", "status", "suggest_salt", *DOWNLOADS}
# Loads the workflow of the folder it runs in, plans all of it, and prints what it found.
LOAD = """
import json, sys
opened = set()
sys.addaudithook(lambda event, args: opened.add(str(args[0])) if event == "open" else None)
from pathlib import Path
from snakemake.api import SnakemakeApi
from snakemake.io import get_wildcard_constraints, get_wildcard_names
from snakemake.settings.enums import Quietness
from snakemake.settings.types import DAGSettings, OutputSettings, ResourceSettings

QUIET = {Quietness.RULES, Quietness.PROGRESS}
before = set(sys.modules)
with SnakemakeApi(OutputSettings(dryrun=True, quiet=QUIET)) as api:
    loaded = api.workflow(ResourceSettings(cores=1), snakefile=Path("Snakefile"))
    workflow = loaded._workflow
    rules = {
        rule.name: {
            "norun": rule.norun,
            "script": rule.script,
            "log": len(rule.log),
            "benchmark": bool(rule.benchmark),
            "conda": rule.conda_env,
            "container": rule.container_img,
            "resources": {
                name: [rule.resources[name].evaluate(None, attempt=k).value for k in (1, 3)]
                for name in ("mem_mb", "runtime")
                if name in rule.resources
            },
            "code": rule.params.get("code"),
            "params": list(rule.params.keys()),
            "ancient": [
                str(f)
                for f in rule.input
                if getattr(f, "is_ancient", False) and not str(f).startswith("<function")
            ],
            "outputs": len(rule.output),
            "loose": [
                str(f)
                for f in rule.output
                if get_wildcard_names(f) - set(get_wildcard_constraints(f))
            ],
        }
        for rule in workflow.rules
    }
    at_parse_time = {"opened": sorted(opened), "imported": sorted(set(sys.modules) - before)}
    loaded.dag(DAGSettings()).execute_workflow(executor="dryrun")
    jobs = list(workflow.dag.jobs)
    ancient = {str(f) for job in jobs for f in job.input if f.is_ancient}
    producers = {
        str(f): [rule.name for rule in workflow.rules if rule.is_producer(f)]
        for f in ancient.union(*(job.output for job in jobs))
    }
heard = {
    job.rule.name for job in jobs if any(str(f).startswith("recordings/") for f in job.input)
}
found = {"rules": rules, "ancient": sorted(ancient), "producers": producers, **at_parse_time}
found["heard"] = sorted(heard)
Path("found.json").write_text(json.dumps(found))
"""


@pytest.fixture(scope="module")
def loaded(unbuilt, copied):
    """What Snakemake makes of the rules, where annotations decide which clips are copied too.

    With recordings to detect in: without, nothing of that is computed.
    """
    world = copied(unbuilt)
    augmentation = CONFIG["augmentation"] | {"species": ["LOW"]}
    detection = {"recordings": {"source": "recordings"}}
    write_config(world, CONFIG | {"augmentation": augmentation, "detection": detection})
    command = [sys.executable, "-c", LOAD]
    done = subprocess.run(command, cwd=world, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((world / "found.json").read_text())
    folder = world / "workflow/scripts"
    code = Code(folder)
    scripts = {path.stem: code.digest(path.name) for path in folder.glob("*.py")}
    return found | {"scripts": scripts}


def test_every_rule_of_the_files_is_loaded(loaded):
    assert {*NAMES, "all"} == set(loaded["rules"])


@pytest.mark.parametrize("name", NAMES)
def test_every_job_rule_has_all_it_needs(loaded, name):
    rule = loaded["rules"][name]
    if rule["norun"]:
        return  # a target
    script = ALIKE.get(name, name)
    assert rule["script"] == f"../workflow/scripts/{script}.py"
    assert rule["code"] == loaded["scripts"][script]
    assert rule["log"] == 1
    assert (ROOT / "rules" / rule["conda"]).resolve().is_relative_to(ROOT / "envs")
    assert (ROOT / "rules" / rule["conda"]).is_file()
    assert rule["container"] == "anurans.sif"
    assert set(rule["resources"]) == ({"mem_mb", "runtime"} if rule["outputs"] else set())
    # A job that was killed for want of memory or time has more the next time.
    assert all(3 * first == third > 0 for first, third in rule["resources"].values())
    assert rule["benchmark"] == bool(rule["outputs"]) == (name not in QUESTIONS)
    assert not rule["loose"], "wildcards without a constraint"


def test_every_script_has_a_rule(loaded):
    jobs = {name for name, rule in loaded["rules"].items() if not rule["norun"]}
    assert set(loaded["scripts"]) == jobs - set(ALIKE)


def test_every_rule_that_makes_something_has_its_facts(loaded):
    rules = loaded["rules"].items()
    made = {name for name, rule in rules if rule["outputs"] and rule["script"]}
    assert set(FACTS) == made


def test_settings_are_told_of_params_that_there_are(loaded):
    for name, facts in FACTS.items():
        assert set(facts.settings) <= set(loaded["rules"][name]["params"]), name
    everywhere = {param for rule in loaded["rules"].values() for param in rule["params"]}
    assert set(SETTINGS) | CONSEQUENCES <= everywhere


def test_shards_annotations_and_runs_are_told_of_by_a_rule_each():
    told = [facts.tells for facts in FACTS.values() if facts.tells]
    assert sorted(told) == ["annotations", "runs", "shards"]
    assert rule_that_tells("runs") == "train_model"


def test_the_slurm_profile_groups_rules_as_their_facts_say():
    profile = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text())
    assert profile["groups"] == {name: each.group for name, each in FACTS.items() if each.group}
    assert set(profile["group-components"]) <= set(profile["groups"].values())


def test_there_is_a_target_for_every_site():
    pairs = re.findall(r'^use rule \w+ as download_(\w+) with:[^#]*?site="(\w+)"', RULES, re.M)
    assert {site: name for name, site in pairs} == {site: site.lower() for site in SITES}


def test_ancient_stands_on_sources_only(loaded):
    demo = {"resources/demo/annotations/{recording}.txt", "resources/demo/season/truth.csv"}
    stated = {file for rule in loaded["rules"].values() for file in rule["ancient"]}
    assert stated == demo
    # Those that functions give.
    assert loaded["ancient"] == ["annotations"]
    assert not loaded["producers"]["annotations"]


def test_every_file_has_one_rule_that_makes_it(loaded):
    made = {file: rules for file, rules in loaded["producers"].items() if file != "annotations"}
    assert len(made) > 100
    assert {len(rules) for rules in made.values()} == {1}


def test_parse_time_reads_names_only(loaded):
    """Every job of a cluster parses the workflow again."""
    assert not [path for path in loaded["opened"] if path.startswith(("recordings", "annotations"))]
    heavy = {
        "anurans.download.remote",
        "h5py",
        "keras",
        "librosa",
        "matplotlib",
        "openvino",
        "sklearn",
        "soundfile",
    }
    assert not heavy.intersection(loaded["imported"])
    assert "anurans.plan.plan" in loaded["imported"]


def test_recordings_are_inputs_of_who_inspects_them_alone(loaded):
    """A plan of 100,000 held each of them seven times; other jobs wait for the table of that."""
    assert loaded["heard"] == ["inspect_recordings"]


def test_functions_stand_in_common_and_places_only_and_are_few():
    for path in (ROOT / "rules").glob("*.smk"):
        text = path.read_text().replace("lambda wildcards: wildcards.recording", "")
        if path.name in ("common.smk", "places.smk"):
            assert len(text.splitlines()) < 150, "logic belongs in the library"
            continue
        assert not re.search(r"\bdef |\brun:|\blambda\b|^if ", text, re.M), path.name


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
    keys += ("__use_yte__", "__definitions__")  # what a config that is not UTF-8 is told
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
