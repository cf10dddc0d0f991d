# From recordings and annotations to results/summary.csv; see README.md.
from snakemake.utils import min_version

min_version("9.9")


report: "workflow/report/workflow.rst"


# A file given with --configfile stands alone: it is not merged into the demo's.
if not workflow.overwrite_configfiles:

    configfile: "config/config.yaml"


include: "rules/common.smk"
include: "rules/targets.smk"
include: "rules/recordings.smk"
include: "rules/labels.smk"
include: "rules/spectrograms.smk"
include: "rules/augmentation.smk"
include: "rules/embeddings.smk"
include: "rules/training.smk"
include: "rules/comparison.smk"
include: "rules/figures.smk"
include: "rules/score_figures.smk"
include: "rules/study.smk"
include: "rules/study_figures.smk"
include: "rules/report.smk"
include: "rules/detection.smk"
include: "rules/monitoring.smk"
include: "rules/downloads.smk"


rule all:
    input:
        "results/summary.csv",
        PLAN.all_tables(),
        PLAN.figures(),
        PLAN.study_figures(),
        report_pages.pages(PLAN.all_tables()),
