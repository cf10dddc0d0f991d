"""Fetch the recordings and label files of a site of AnuraSet."""

from anurans.common.jobs import log, run
from anurans.download.anuraset import download_site


def main(params):
    folder = f"resources/{params.site.lower()}"
    site = download_site(
        params.site,
        folder,
        params.server,
        params.connections,
        say=lambda text: print(text, flush=True),
    )
    if site.missing:
        print(f"All of it is in {folder}/.", flush=True)
    log.info("%d files, %d were fetched", len(site.members), len(site.missing))


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
