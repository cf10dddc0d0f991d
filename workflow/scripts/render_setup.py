"""Make the page of what the results were made with: config, versions, machines."""

import json
from html import escape
from pathlib import Path

import yaml

from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import read_table
from anurans.common.versions import merge_versions
from anurans.report.html import facts, page, plain_table


def main(input, output, params):
    made = json.loads(Path(input.provenance).read_text(encoding="utf-8"))
    runs, recordings = made["runs"], read_table(input.recordings)
    usable = [row for row in recordings if row["status"] == "ok"]
    hours = sum(float(row["duration_s"]) for row in usable) / 3600
    machines = {json.dumps(each["machine"], sort_keys=True): each["machine"] for each in runs}
    versions = merge_versions(each["versions"] for each in runs)
    code = merge_versions(each["code"] for each in runs)
    config = yaml.safe_dump(made["config"], sort_keys=False, allow_unicode=True, width=90)
    body = "\n".join(
        [
            facts(
                [
                    ("Project", made["project"]),
                    ("Workflow", made["workflow"] or "not a git clone"),
                    ("Recordings", f"{len(usable)} of {len(recordings)} usable, {hours:.1f} hours"),
                    ("Trainings", f"{len(runs)}, {sum(each['seconds'] for each in runs):.0f} s"),
                ]
            ),
            "<h2>Machines that trained</h2>",
            *(
                facts((key, str(value)) for key, value in each.items())
                for each in machines.values()
            ),
            "<h2>Libraries</h2>",
            plain_table(["library", "version"], versions.items()),
            "<h2>Code</h2>",
            "<p>Digest of each step's script and all that it imports.</p>",
            plain_table(["step", "digest"], code.items()),
            "<h2>Config</h2>",
            "<p>As the workflow read it, defaults written out.</p>",
            f"<pre>{escape(config)}</pre>",
        ]
    )
    with whole(output[0]) as partial:
        text = page(f"{made['project']}: set-up", params.caption, body, prose=True)
        partial.write_text(text, encoding="utf-8")
    log.info("%d runs on %d kinds of machine", len(runs), len(machines))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
