"""Look at recordings and annotations, say what is there, and write a config that runs."""

from pathlib import Path
from shlex import quote

from anurans.common.errors import UserError
from anurans.common.files import whole
from anurans.common.jobs import log, run
from anurans.common.tables import write_table
from anurans.plan.first_config import COLUMNS, SITES, first_config
from anurans.plan.first_look import look


def main(params):
    wanted = params.settings
    path = Path(wanted["config"])
    table = path.with_name(f"{path.stem}-recordings.csv")
    sites = path.with_name(f"{path.stem}-sites.csv")
    if there := [str(each) for each in (path, table, sites) if each.exists()]:
        raise UserError(
            f"start: {', '.join(there)} is there already, and is not overwritten; remove it, or "
            "name another with `config`."
        )
    found = look(wanted["recordings"], wanted["annotations"] or "")
    first = first_config(found, str(table), str(sites))
    write_table(table, COLUMNS, first.rows)
    if first.sites:
        write_table(sites, SITES, first.sites)
    with whole(path) as partial:
        partial.write_text(first.text, encoding="utf-8")
    for sentence in (*found.told, *first.told):
        print(f"- {sentence}")
    written = [str(path), str(table), *([str(sites)] if first.sites else [])]
    print(f"Written: {', '.join(written)}. Look through them" + (", then:" if first.runs else "."))
    if first.runs:
        print(f"  snakemake --cores all --configfile {quote(str(path))} -- results/summary.csv")
    log.info("%d recordings, %d annotated", len(found.recordings), len(found.annotated))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
