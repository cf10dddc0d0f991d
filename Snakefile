# From recordings and annotations to results/summary.csv; see README.md. The contents page is
# workflow/Snakefile, so that others can import it: out of a Git repository Snakemake finds nothing
# that stands beside a Snakefile at the top.
include: "workflow/Snakefile"


workflow.default_target = "all"
