"""The workflow's rules, and which feeds which, as a plan has them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from snakemake.settings.types import DAGSettings

from anurans.engine.dry_runs import planned

# Rules of one kind are drawn as one, in the colour of a file of rules.
KINDS = {"plot_": "figures", "tabulate_": "tables"}
STAGES = {"figures": "figures", "tables": "comparison"}


def read_rules(
    snakefile: str, stored: Mapping[str, Any], called: Any
) -> tuple[dict[str, int], set[tuple[str, str]], dict[str, str]]:
    """Rules that make all that the config asks for.

    Parameters
    ----------
    snakefile
        The workflow's.
    stored
        Settings of storages, by name.
    called
        Settings of the config, as it was called with.

    Returns
    -------
    dict
        Jobs of each rule; those of one kind together.
    set of tuple
        Pairs of rules: what feeds, what is fed.
    dict
        File of rules that each stands in.
    """
    settings = {f"{name}_settings": value for name, value in stored.items()}
    settings["config_settings"] = called
    # Files that other jobs are writing at this moment are no mistake.
    asked = DAGSettings(force_incomplete=True)
    with planned(snakefile, asked, **settings) as workflow:
        dag = workflow.dag
        jobs: dict[str, int] = {}
        edges, stages = set(), {}
        for job in (job for job in dag.jobs if not job.rule.norun):
            name = kind_of(job.rule.name)
            jobs[name] = jobs.get(name, 0) + 1
            stages[name] = STAGES.get(name, Path(str(job.rule.snakefile)).stem)
            edges |= {(kind_of(feeds.rule.name), name) for feeds in dag.dependencies[job]}
    return jobs, {edge for edge in edges if edge[0] != edge[1]}, stages


def kind_of(rule: str) -> str:
    """Name of a rule, or of its kind where many are alike."""
    return next((kind for prefix, kind in KINDS.items() if rule.startswith(prefix)), rule)
