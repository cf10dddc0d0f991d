"""Make the page of what the results were made with: config, versions, machines."""

import json
from pathlib import Path

import yaml

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.versions import merge_versions
from anurans.report.html import render


def main(input, output, params):
    made = json.loads(Path(input.provenance).read_text(encoding="utf-8"))
    runs, recordings = made["runs"], read_table(input.recordings)
    usable = [row for row in recordings if row["status"] == "ok"]
    hours = sum(float(row["duration_s"]) for row in usable) / 3600
    machines = {json.dumps(each["machine"], sort_keys=True): each["machine"] for each in runs}
    text = render(
        "setup",
        f"{made['project']}: set-up",
        params.caption,
        told=[
            ("Project", made["project"]),
            ("Workflow", made["workflow"] or "not a git clone"),
            ("Recordings", f"{len(usable)} of {len(recordings)} usable, {hours:.1f} hours"),
            ("Trainings", f"{len(runs)}, {sum(each['seconds'] for each in runs):.0f} s"),
        ],
        machines=machines.values(),
        versions=merge_versions(each["versions"] for each in runs),
        code=merge_versions(each["code"] for each in runs),
        config=yaml.safe_dump(made["config"], sort_keys=False, allow_unicode=True, width=90),
    )
    with whole(output[0]) as partial:
        partial.write_text(text, encoding="utf-8")
    log.info("%d runs on %d kinds of machine", len(runs), len(machines))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
