# Loads and validates the config, lists recordings, shards and runs, and holds what several rules
# need to say. Functions are here and in places.smk. Needs nothing. Makes nothing.
import re
import sys
from functools import cache, partial, reduce
from operator import getitem

from snakemake.logging import logger


include: "places.smk"


SCRIPTS = library() / "scripts"
sys.path.insert(0, str(SCRIPTS))

from anurans.report import report_pages
from anurans.engine import progress
from anurans.engine import running
from anurans.recordings import sites
from anurans.engine import slurm
from anurans.engine import storages
from anurans.engine.asking import asked, sentence
from anurans.plan.commands import command
from anurans.common.code_digests import Code
from anurans.exports.former_files import LIST, read_list
from anurans.plan.plan import Plan
from anurans.networks.sound_networks import find_birdnet

COPIES = ("time_stretch", "time_mask", "frequency_mask")
RUN = "results/training/{split}/{backbone}/{dataset}/{recipe}/fold-{fold}"


running.collect_rarely()
if workflow.remote_exec:
    running.keep_records()


@sentence
def check_slurm():
    """Refuse to start beside jobs of an earlier run, or where ends of jobs are not told."""
    if workflow.executor_plugin.name == "slurm":
        slurm.check_ends_are_told(workflow.executor_settings.status_command)
        slurm.check_none_left(workflow.workdir_init)


CODE = Code(SCRIPTS)
ANSWERS = running.answers(workflow, CODE.digest("anurans/plan/plan.py"))
PLAN = sentence(Plan)(config, files=workflow.configfiles, answers=ANSWERS)
config = PLAN.config
running.say(workflow, PLAN)
progress.follow(workflow, logger)
SPECIES = list(config["species"])
SHARDS = PLAN.recordings.shards
RUNS = PLAN.runs.all
TECHNIQUES = PLAN.datasets.techniques()
# A file of every run, or of some; and of every shard, whose other wildcards stay.
of_runs = PLAN.runs.files
shards = partial(expand, shard=SHARDS, allow_missing=True)
caption = partial(report_pages.caption, config=config)
template = report_pages.template
aside = partial(running.stand_aside, workflow)
this_run = partial(running.settings, workflow)


wildcard_constraints:
    shard=r"\d{4}",
    technique="|".join(("original", *COPIES)),
    split="|".join(map(re.escape, config["splits"])),
    backbone="|".join(map(re.escape, PLAN.networks.all)) or "(?!)",
    dataset="|".join(map(re.escape, config["datasets"])),
    recipe="|".join(map(re.escape, config["recipes"])),
    fold=r"\d+|all",
    table="|".join(report_pages.PAGES),
    day=r"\d{8}|undated-\d{2}",


@cache
def code(*files, recordings=True):
    """Digest of what a script uses; a refusal where recordings are missing."""
    missing = recordings and PLAN.recordings.absent
    return asked(PLAN.recordings.absent) if missing else CODE.digest(*files)


def detection_code(file):
    """The same of a script of detection, where anything is: a finished model needs no recordings."""
    return code(file, recordings=not PLAN.finished) if "detection" in config else ""


def setting(section, wildcard, *key):
    """Params function: what the config says under the name that a wildcard has in a section."""
    return lambda wildcards: reduce(getitem, key, config[section][getattr(wildcards, wildcard)])


def unrecorded(value):
    """Params function: what changes no answer, or what another param tells of.

    That it asks for outputs keeps it out of records.
    """
    return lambda wildcards, output: value


def of_split(name):
    """Input function: a file of every run of a split."""
    return lambda wildcards: of_runs(name, PLAN.runs.of_split(wildcards.split))


def copies_of(pattern):
    """Input function: a file of every technique and shard that the copies of a dataset are in."""
    return lambda wildcards: [
        pattern.format(technique=technique, shard=shard, **wildcards)
        for technique in PLAN.datasets.copies(wildcards.dataset)
        for shard in SHARDS
    ]


def drawn(pattern, *kinds):
    """Input function: a file of every queue that is there, or of those of some kinds."""
    return asked(partial(PLAN.review.drawn_files, prefixed, pattern, *kinds))


def former_exports():
    """Params function: what other configs have left, but in an object storage.

    The list is read before its job starts, which begins by removing it.
    """
    listed = read_list(prefixed(LIST))
    return [] if if_stored([LIST]) else asked(partial(PLAN.exports.former, prefixed, listed))


def growing(first):
    """Memory in MB, or time in minutes, of a job: as much again with each attempt."""
    return lambda wildcards, attempt: first * attempt


def clips_audio(path):
    """Mark the audio of clips as temporary unless the config keeps it."""
    return path if config["clips"]["keep"] else temp(path)


def rule_names():
    """Names of all rules, so that the picture of the pipeline follows them."""
    return sorted(rule.name for rule in workflow.rules)


def commands():
    """What makes the rows of each run again."""
    given = workflow.overwrite_configfiles, workflow.config_settings.config_args
    return [command(*given, prefixed(target)) for target in of_runs("metrics.tsv")]
