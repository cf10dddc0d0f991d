# Says where things lie: the library, and files of the user's, whatever stands before the names of
# files that rules make (the prefix of a module, an object storage). Needs nothing. Makes nothing.
import os
import shutil
import tarfile
import tempfile
from functools import cache
from pathlib import Path

from snakemake.io import flag, is_flagged
from snakemake.path_modifier import PATH_MODIFIER_FLAG
from snakemake.sourcecache import LocalSourceFile

# Puts before a path what stands before the outputs of rules; the second a module's prefix alone.
placed = workflow.modifier.path_modifier.modify
prefixed = workflow.modifier.path_modifier.replace_prefix


def library():
    """Folder that holds scripts, library, schemas, captions and templates, as files.

    Beside the rules; where these come out of a Git repository, as those of a module do, taken out
    of it once, for all runs: scripts of jobs import the library, and Snakemake gives them no more
    than the script itself.
    """
    here = workflow.current_basedir
    if isinstance(here, LocalSourceFile):
        return Path(here.get_path_or_uri(secret_free=True)).parent / "workflow"
    from git import Repo  # slow to import, and rarely needed

    is_hosted = hasattr(here, "hosted_repo")
    repo = here.hosted_repo.repo if is_hosted else Repo(here.repo_path)
    commit = repo.git.rev_parse(f"{here.ref}^{{commit}}")
    folder = Path(workflow.sourcecache.cache_path, "anurans", commit)
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = tempfile.mkdtemp(dir=folder.parent)
        with tempfile.TemporaryFile() as archive:
            repo.archive(archive, commit, path="workflow")
            archive.seek(0)
            tarfile.open(fileobj=archive).extractall(partial, filter="data")
        try:
            os.rename(partial, folder)
        except OSError:  # another run was first
            shutil.rmtree(partial)
    search = [str(folder / "workflow/scripts"), os.getenv("PYTHONPATH")]
    os.environ.update(PYTHONPATH=os.pathsep.join(filter(None, search)))
    return folder / "workflow"


def given(path):
    """Leave a file of the user's where it is, on every machine that has a copy of this folder."""
    return flag(path, PATH_MODIFIER_FLAG)


def made(path):
    """Tell whether a rule makes a file."""
    path = placed(path)
    return any(rule.is_producer(path) for rule in workflow.rules)


@cache
def is_plain(folder):
    """Tell whether nothing stands before the names of files of a folder."""
    return placed(f"{folder}/x") == f"{folder}/x"


def stays(path):
    """Tell whether every job finds a recording under its own name."""
    return "://" not in path and is_plain(os.path.dirname(path))


def moves(path):
    """Tell whether a job may be given another path of a recording."""
    return not stays(path)


def there(shard):
    """Recordings of a shard that stay where they are, and can be read or are made by a rule.

    Whoever inspects them waits for them; others know from its table when one has changed. Were they
    inputs of these too, Snakemake would plan, look at and write down each of them seven times.
    """
    return PLAN.recordings.inputs(shard, made, stays)


def there_on(day):
    """The same of new recordings, of a day."""
    return PLAN.days.inputs(day, made, stays)


def brought(shard):
    """The other recordings of a shard: jobs are given copies, or stay on the machine that has them."""
    storages.refuse_unreachable(placed("results"))
    return [place(path) for path in PLAN.recordings.inputs(shard, made, moves)]


def brought_on(day):
    """The same of new recordings, of a day."""
    return [place(path) for path in PLAN.days.inputs(day, made, moves)]


def place(path):
    """A recording as an input: from a storage, made by a rule, or on this machine."""
    if "://" not in path:
        return path if made(path) else local(path)
    return storages.refuse_unreachable(storages.fetched(path, storage))


def stored(wildcards=None, output=None):
    """Params function: how to reach storages. That it asks for outputs keeps it out of records."""
    return {
        "storage": workflow.storage_settings,
        "storage_provider": workflow.storage_provider_settings,
    }


def if_stored(paths):
    """Files that are looked at where they lie, as inputs where that is an object storage."""
    return [path for path in paths if is_flagged(placed(path), "storage_object")]


def birdnet(wildcards, output):
    """Params function: BirdNET where Snakemake is installed, for jobs that have other packages."""
    return str(find_birdnet() or "")


def files(wildcards, input):
    """Params function: where a job finds each recording of its shard."""
    return PLAN.recordings.files(wildcards.shard, input.brought, made, moves)


def files_on(wildcards, input):
    """The same of new recordings, of a day."""
    return PLAN.days.files(wildcards.day, input.brought, made, moves)
