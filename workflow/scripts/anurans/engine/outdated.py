"""What a run would compute, why, and for how long, in the words of its user.

Gets plain data about the jobs of a plan: what each is given now, and what it was given when its
results were made.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

from anurans.common.rule_facts import ANNOTATIONS, RUNS, SHARDS, facts_of, rule_that_tells
from anurans.common.wording import be, counted, have, listed, name_jobs, round_time
from anurans.engine.changed_settings import (
    CONSEQUENCES,
    changed_params,
    changed_settings,
    differ,
    is_names,
    setting_of,
)

# Inputs of recordings: those that stay where they are, and copies.
HEARD = ("recordings", "brought")


class Reason(StrEnum):
    """Reasons that are counted over all jobs before they are worded, as they are told."""

    CUT_OFF, MISSING, RECORDINGS, SHARDS, MOVED = auto(), auto(), auto(), auto(), auto()
    NEWER, ANNOTATIONS, OTHERS, CODE, NEW = auto(), auto(), auto(), auto(), auto()


@dataclass(frozen=True, slots=True)
class Job:
    """A job of the plan that would run.

    Parameters
    ----------
    rule
        Name of its rule.
    wildcards
        What tells it from other jobs of the rule.
    needs
        Places, in the plan, of the jobs of the plan that it waits for.
    params
        What it is given now, by name.
    recorded
        Representations of what it was given when its outputs were made; None without a record.
    inputs, recorded_inputs
        Names of its input files, now and then.
    missing
        Outputs that are not there, save temporary ones.
    newer
        Input files that changed since, not by a job of the plan: (name of the input, file).
    cut_off, forced, environment_changed
        Whether its last run was cut off, it was asked for by force, its software changed.
    benchmark
        Benchmark file, empty without.
    threads
        Cores that it keeps busy.
    """

    rule: str
    wildcards: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[int, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    recorded: frozenset[str] | None = None
    inputs: frozenset[str] = frozenset()
    recorded_inputs: frozenset[str] | None = None
    missing: tuple[str, ...] = ()
    newer: tuple[tuple[str, str], ...] = ()
    cut_off: bool = False
    forced: bool = False
    environment_changed: bool = False
    benchmark: str = ""
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """All jobs that would run.

    Parameters
    ----------
    jobs
        The jobs, each after those that it needs.
    computed
        How many jobs of each rule, to be run again or not, have results on record.
    locked
        Whether a run keeps the folder locked.
    """

    jobs: Sequence[Job]
    computed: Mapping[str, int] = field(default_factory=dict)
    locked: bool = False


def report(plan: Plan, times: Mapping[str, Mapping[str, float]], where: str, cores: int) -> str:
    """Say what is outdated and why, and about how long it takes.

    Parameters
    ----------
    plan
        What would run.
    times
        Seconds of earlier jobs, by rule and benchmark file.
    where
        What they would run on, such as "on 8 cores".
    cores
        How many cores, or jobs of a cluster, at a time.
    """
    lines = []
    if plan.locked:
        lines.append(
            "A run is going on in this folder, or was killed (then: snakemake --unlock). What "
            "follows counts what it has not finished."
        )
    if not plan.jobs:
        return "\n".join([*lines, "Everything is up to date."])
    if not any(plan.computed.values()):
        reasons = {"Nothing has been computed yet": [*plan.jobs]}
    else:
        reasons = explain(plan)
    lines += [
        f"{reason}: {name_jobs(job.rule for job in jobs)}." for reason, jobs in reasons.items()
    ]
    together = "Together " if len(reasons) > 1 else ""
    lines.append(f"{together}{counted(len(plan.jobs), 'job')}{_time(plan, times, where, cores)}.")
    return "\n".join(lines)


def explain(plan: Plan) -> dict[str, list[Job]]:
    """Give each reason, in words, and the jobs that run for it; a job may have several."""
    changes = [changed_params(job.params, job.recorded) for job in plan.jobs]
    facts = _Facts(plan, changes)
    found: list[set[str]] = []
    for job, changed in zip(plan.jobs, changes, strict=True):
        reasons = set(facts.own(job, changed)).union(*(found[place] for place in job.needs))
        found.append(reasons or set(facts.otherwise(job, changed)))
    # What has no reason yet only makes a temporary file again, for those that need it.
    without = {place for place, reasons in enumerate(found) if not reasons}
    for place in reversed(range(len(plan.jobs))):
        for earlier in without.intersection(plan.jobs[place].needs):
            found[earlier] |= found[place]
    jobs_of: dict[str, list[Job]] = {}
    for job, reasons in zip(plan.jobs, found, strict=True):
        for reason in reasons or {"Other reasons (snakemake -n tells them)"}:
            jobs_of.setdefault(reason, []).append(job)
    ranks: list[str] = list(Reason)
    order = sorted(
        jobs_of, key=lambda reason: (ranks.index(reason) if reason in ranks else len(ranks), reason)
    )
    return {facts.sentence(reason, jobs_of[reason]): jobs_of[reason] for reason in order}


class _Facts:
    """What the changed params of all jobs say together."""

    def __init__(self, plan: Plan, changes: Sequence[Mapping[str, tuple[Any, Any]]]) -> None:
        self.computed = plan.computed
        self.newer: set[str] = set()
        self.annotated: set[str] = set()
        self.shards: set[str] = set()
        self.roles: dict[str, int] = {}
        self.settings: dict[str, str] = {}
        self.code = [
            job.rule for job, changed in zip(plan.jobs, changes, strict=True) if "code" in changed
        ]
        pairs = [*zip(plan.jobs, changes, strict=True)]
        self.added, self.removed = _added_and_removed(pairs, ("recordings", "names"))
        # Whether recordings to learn from are among them: `names` are those to listen to.
        self.learnt_anew = any(_added_and_removed(pairs, ("recordings",)))
        for job, changed in pairs:
            self.newer |= {file for name, file in _newer(job) if name in HEARD}
            if "roles" in changed:
                self.roles[job.wildcards.get("split", "")] = len(differ(*changed["roles"]))
            for name in changed.keys() - CONSEQUENCES:
                for path, text in changed_settings(job.rule, job.wildcards, name, *changed[name]):
                    if " is " in text or path not in self.settings:
                        self.settings[path] = text
            if facts_of(job.rule).tells == ANNOTATIONS and self._annotated_anew(job, changed):
                self.shards.add(job.wildcards["shard"])
                self.annotated |= differ(*changed["annotations"])
        self.files_moved = any(
            "files" in changed and not changed.keys() & {"annotations", "recordings"}
            for changed in changes
        )
        self.dealt = not (self.added or self.removed) and any(
            ("shard" in job.wildcards and "recordings" in changed)
            or (
                facts_of(job.rule).tells == SHARDS
                and job.inputs != (job.recorded_inputs or job.inputs)
            )
            for job, changed in zip(plan.jobs, changes, strict=True)
        )

    def own(self, job: Job, changed: Mapping[str, tuple[Any, Any]]) -> Iterator[str]:
        """Reasons of a job that do not come from those that it waits for."""
        if job.cut_off:
            yield Reason.CUT_OFF
        elif job.forced:
            yield "Asked for by force"
        if job.missing and job.recorded is not None and not job.cut_off:
            yield Reason.MISSING
        if job.recorded is None and _trains(job) and self.computed.get(job.rule):
            yield Reason.NEW
        if job.environment_changed:
            yield "The software environment has changed"
        for name, file in _newer(job):
            is_audio = name in HEARD
            yield Reason.NEWER if is_audio else f"{file} is newer than what was made of it"
        if self._annotated_anew(job, changed):
            yield Reason.ANNOTATIONS
        for name in changed:
            yield from self._of_param(job, changed, name)

    def otherwise(self, job: Job, changed: Mapping[str, tuple[Any, Any]]) -> Iterator[str]:
        """Reasons that count where nothing else explains a job."""
        if job.missing and "shard" in job.wildcards and "recordings" in job.params:
            if self.added.intersection(job.params["recordings"]):
                yield Reason.RECORDINGS
            else:
                yield Reason.SHARDS if self.dealt else Reason.NEW
        elif job.missing:
            yield Reason.NEW
        elif "counts" in changed and not self.files_moved:
            yield Reason.ANNOTATIONS if self.shards else Reason.OTHERS
        elif "annotations" in changed and self.learnt_anew:
            yield Reason.RECORDINGS
        elif self.files_moved:
            yield "Annotation files have moved"
        elif job.recorded_inputs is not None and job.inputs != job.recorded_inputs:
            gone = sum(file.endswith("/metrics.tsv") for file in job.recorded_inputs - job.inputs)
            if gone:
                yield f"{counted(gone, 'run')} {be(gone)} no longer asked for"
            elif "dataset" in job.wildcards:
                path = f"datasets.{job.wildcards['dataset']}.techniques"
                yield self.settings.get(path, f"{path} has changed")
            elif _names(job.inputs) == _names(job.recorded_inputs):
                yield Reason.MOVED
            else:
                yield "Other files are read than before"
        elif others := changed.keys() - CONSEQUENCES:
            for name in others:
                yield from self._settings_of(job, changed, name)
        elif changed:
            yield "Sites, dates, order or names of what is read have changed"

    def _annotated_anew(self, job: Job, changed: Mapping[str, tuple[Any, Any]]) -> bool:
        """Whether a digest of annotations changed that no other change explains."""
        if "annotations" not in changed or "settings" in changed or "species" in changed:
            return False
        new, old = changed["annotations"]
        if isinstance(new, Mapping) and isinstance(old, Mapping):
            return bool(differ(new, old))
        split = job.wildcards.get("split")
        dealt = (f"splits.{split}", "clips.length")  # who is trained on, in a split by clip
        return (
            not self.learnt_anew
            and split not in self.roles
            and not (split and any(path.startswith(dealt) for path in self.settings))
        )

    def _of_param(
        self, job: Job, changed: Mapping[str, tuple[Any, Any]], name: str
    ) -> Iterator[str]:
        if name == "code":
            yield Reason.CODE
        elif name == "template":
            yield "Templates of pages have changed"
        elif name in ("recordings", "names"):
            if self.added or self.removed:
                yield Reason.RECORDINGS
            elif self.dealt:
                yield Reason.SHARDS
        elif name == "roles":
            split = job.wildcards.get("split", "")
            if n := self.roles[split]:
                yield f"{counted(n, 'recording')} {have(n)} another role in the split {split}"
        elif name == "channels":
            new, old = changed[name]
            # Of all recordings, by their ids: some of these may be new.
            is_same = isinstance(new, Mapping) and isinstance(old, Mapping) and not differ(new, old)
            if not is_same and not changed.keys() & {"recordings", "names"}:
                yield "audio.channel, or channels of recordings, have changed"
        elif setting_of(job.rule, name):
            yield from self._settings_of(job, changed, name)

    def _settings_of(
        self, job: Job, changed: Mapping[str, tuple[Any, Any]], name: str
    ) -> Iterator[str]:
        for path, _ in changed_settings(job.rule, job.wildcards, name, *changed[name]):
            yield self.settings[path]

    def sentence(self, reason: str, jobs: Sequence[Job]) -> str:
        """Word a reason, given the jobs that run for it."""
        match reason:
            case Reason.ANNOTATIONS:
                if n := len(self.annotated):
                    return f"{counted(n, 'recording')} {have(n)} new annotations"
                n = len(self.shards)
                of = f"Recordings of {counted(n, 'shard')}" if n else "Some recordings"
                return f"{of} have new annotations"
            case Reason.RECORDINGS:
                parts = [
                    f"{counted(len(names), 'recording')} {be(len(names))} {what}"
                    for names, what in ((self.added, "new"), (self.removed, "gone"))
                    if names
                ]
                return ", ".join(parts)
            case Reason.SHARDS:
                return "Recordings are in other shards, or in another order"
            case Reason.MOVED:
                moved = {file for job in jobs for file in (job.recorded_inputs or job.inputs)}
                moved -= {file for job in jobs for file in job.inputs}
                return f"{counted(len(moved), 'file')} {have(len(moved))} moved"
            case Reason.NEWER:
                n = len(self.newer)
                return f"{counted(n, 'recording')} {have(n)} newer audio"
            case Reason.OTHERS:
                return "Annotations of other species, or of no recording, have changed"
            case Reason.CODE:
                rules = list(dict.fromkeys(self.code))
                of = listed(rules) if len(rules) < 4 else counted(len(rules), "rule")
                return f"The code of {of} has changed"
            case Reason.MISSING:
                files = [file for job in jobs if job.recorded is not None for file in job.missing]
                such = f" ({files[0]})" if len(files) == 1 else f", such as {files[0]}"
                return f"{counted(len(files), 'result')} {be(len(files))} missing{such}"
            case Reason.CUT_OFF:
                n = sum(job.cut_off for job in jobs)
                return f"{counted(n, 'job')} {'was' if n == 1 else 'were'} cut off"
            case Reason.NEW:
                n = sum(_trains(job) and job.recorded is None for job in jobs)
                if n and self.computed.get(rule_that_tells(RUNS)):
                    return f"{counted(n, 'run')} {be(n)} new"
                return "Not computed yet"
        return reason


def estimate(
    jobs: Sequence[Job], times: Mapping[str, Mapping[str, float]], cores: int
) -> tuple[float, list[Job]]:
    """Estimate how long jobs take side by side, from earlier ones.

    A job takes as long as its own last time, else the mean of its rule. Together they take the
    sum shared by the cores, and at least the longest chain of jobs that wait for each other.

    Parameters
    ----------
    jobs
        Each after those that it needs.
    times
        Seconds, by rule and benchmark file.
    cores
        How many there are.

    Returns
    -------
    float
        Seconds, of the jobs of rules that were timed before.
    list of Job
        The other jobs.
    """
    work, untimed = 0.0, []
    ends: list[float] = []
    for job in jobs:
        known = times.get(job.rule, {})
        if not known:
            untimed.append(job)
        mean = sum(known.values()) / len(known) if known else 0.0
        seconds = known.get(job.benchmark, mean)
        work += seconds * min(job.threads, cores)
        ends.append(seconds + max((ends[place] for place in job.needs), default=0.0))
    return max(work / cores, *ends, 0.0), untimed


def _time(plan: Plan, times: Mapping[str, Mapping[str, float]], where: str, cores: int) -> str:
    seconds, untimed = estimate(plan.jobs, times, cores)
    if len(untimed) == len(plan.jobs):
        they = "they take" if untimed[1:] else "it takes"
        return f"; no earlier run tells how long {they}, snakemake runs has an estimate"
    text = f", {round_time(seconds)} {where}"
    n = len(untimed)
    others = f", and {counted(n, 'job')} that {'was' if n == 1 else 'were'} never timed"
    return f"{text}{others}" if untimed else text


def _trains(job: Job) -> bool:
    return facts_of(job.rule).tells == RUNS


def _newer(job: Job) -> list[tuple[str, str]]:
    """Inputs that are newer, without those that are new."""
    return [(name, file) for name, file in job.newer if file in (job.recorded_inputs or ())]


def _names(files: Iterable[str]) -> list[str]:
    return sorted(file.rpartition("/")[2] for file in files)


def _added_and_removed(
    pairs: Iterable[tuple[Job, Mapping[str, tuple[Any, Any]]]], params: Sequence[str]
) -> tuple[set[str], set[str]]:
    """Recordings that parameters of jobs name now and did not before, and the other way round."""
    now, new, then, old = set(), set(), set(), set()
    for job, changed in pairs:
        for name in params:
            if not is_names(job.params.get(name)):
                continue
            now |= set(job.params[name])
            if name not in changed:
                then |= set(job.params[name]) if job.recorded is not None else set()
            elif is_names(changed[name][1]):
                new |= set(job.params[name])
                old |= set(changed[name][1])
    # Jobs that never ran tell nothing: they may be left from a run that was cut off.
    return new - then - old, old - now
