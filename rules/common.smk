# Loads and validates the config, lists recordings, shards and runs, and holds what several rules
# need to say. The only file with functions. Needs nothing. Makes nothing.
import re
import sys
from functools import cache, wraps
from hashlib import sha256
from pathlib import Path

from snakemake.exceptions import WorkflowError

SCRIPTS = (
    Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parent / "workflow/scripts"
)
sys.path.insert(0, str(SCRIPTS))

from anurans import annotations, digests, recordings, splits
from anurans import config as configs
from anurans.errors import UserError


def sentence(function):
    """Show a user's mistake as a message of Snakemake's, without a traceback."""

    @wraps(function)
    def told(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except UserError as error:
            raise WorkflowError(str(error)) from None

    return told


config = sentence(configs.load)(config, ", ".join(map(str, workflow.configfiles)) or "config")
SPECIES = list(config["species"])
RECORDINGS = sentence(recordings.list_recordings)(
    config["recordings"]["source"], config["recordings"]["pattern"]
)
SHARDS = {}
for each in RECORDINGS:
    SHARDS.setdefault(recordings.shard_of(each.recording, config["shards"]), []).append(each)
SHARDS = dict(sorted(SHARDS.items()))
RUNS = configs.runs(config)
ANNOTATION_SETTINGS = {"species": SPECIES} | {
    key: config["annotations"][key] for key in ("format", "columns")
}


wildcard_constraints:
    shard=r"\d{4}",
    technique="original",
    split="|".join(map(re.escape, config["splits"])),
    backbone="|".join(map(re.escape, config["backbones"])),
    dataset="|".join(map(re.escape, config["datasets"])),
    recipe="|".join(map(re.escape, config["recipes"])),
    fold=r"\d+|all",


@cache
def code(*files):
    """Digest of a script, and of all that it imports of the library."""
    return digests.code_digest(*(SCRIPTS / file for file in files))


@cache
def demo_channels():
    return {each.path: each.channel for each in RECORDINGS}


def demo_channel(wildcards):
    """Channel that the calls of a recording of the demo are loudest in."""
    return demo_channels()[f"resources/demo/audio/{wildcards.recording}.wav"]


def weights_file(wildcards):
    """Weights file of a backbone, where the config gives one."""
    weights = config["backbones"][wildcards.backbone]["weights"]
    return [] if weights in ("imagenet", "random") else weights


def ids(wildcards):
    return [each.recording for each in SHARDS[wildcards.shard]]


def paths(wildcards):
    return [each.path for each in SHARDS[wildcards.shard]]


def channels(wildcards):
    return [each.channel or config["audio"]["channel"] for each in SHARDS[wildcards.shard]]


def all_shards(pattern):
    """Input function: a file of every shard, with the wildcards of the job filled in."""
    return lambda wildcards: [pattern.format(shard=shard, **wildcards) for shard in SHARDS]


def clips_audio(path):
    """Mark the audio of clips as temporary unless the config keeps it."""
    return path if config["clips"]["keep"] else temp(path)


@cache
def annotation_source():
    """Source of the annotations; only names are read until they are asked for."""
    names = [each.recording for each in RECORDINGS]
    source = annotations.AnnotationSource(
        config["annotations"]["source"], names, **ANNOTATION_SETTINGS
    )
    source.check_names()
    return source


@sentence
def annotation_files(wildcards):
    """Annotation file of each annotated recording of a shard."""
    files = {recording: annotation_source().file(recording) for recording in ids(wildcards)}
    return {recording: str(file) for recording, file in files.items() if file}


@sentence
def annotation_digest(wildcards):
    """Digest of the annotations of a shard."""
    return annotation_source().digest(ids(wildcards))


@sentence
def training_digest(wildcards):
    """Digest of the annotations that a run trains and validates on."""
    used = {splits.TRAIN, splits.VALIDATION}
    return annotation_source().digest(splits.in_roles(roles(wildcards.split), wildcards.fold, used))


@sentence
def annotation_counts(wildcards):
    """Digest of what is counted in results/annotations.csv."""
    names = [each.recording for each in RECORDINGS]
    rows = annotations.count_annotations(annotation_source(), names)
    return sha256(repr(rows).encode()).hexdigest()[:16]


@cache
def roles(name):
    """Role of every recording in each fold of a split, once it is known that the split will do."""
    split = configs.split(config, name)
    assigned = splits.assign(split, RECORDINGS)
    source = annotation_source()
    annotated = [each for each in RECORDINGS if source.annotated(each.recording)]
    splits.check(split, annotated, source.present())
    return assigned


@sentence
def split_roles(wildcards):
    """Role of every recording in each fold of a job's split."""
    return roles(wildcards.split)


def split_groups(wildcards):
    """Group of every recording in a job's split."""
    by = config["splits"][wildcards.split]["by"]
    return {each.recording: splits.group_of(each, by) for each in RECORDINGS}


def kept_clips(wildcards):
    """Audio of the clips, refused where it is not kept."""
    if not config["clips"]["keep"]:
        raise WorkflowError(
            "The target clips needs clips.keep: true in the config. Without it the audio of clips "
            "is deleted once its spectrograms are made, and making it again would make all that "
            "follows again."
        )
    return [f"results/clips/original/{shard}.h5" for shard in SHARDS]
