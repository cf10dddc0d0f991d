# From recordings and annotations to results/summary.csv; see README.md, and workflow/Snakefile, which
# others can import: from a Git repository Snakemake finds nothing beside a Snakefile at the top.
include: "workflow/Snakefile"
