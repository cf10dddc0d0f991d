# Needs metrics.tsv of every run, results/recordings.csv and results/annotations.csv.
# Makes results/summary.csv, one row per run and part, and prints a short form of it.
rule summarize_runs:
    input:
        metrics=of_runs("metrics.tsv"),
        recordings="results/recordings.csv",
        annotations="results/annotations.csv",
    output:
        "results/summary.csv",
    log:
        "logs/summarize_runs.log",
    benchmark:
        "results/benchmarks/summarize_runs.tsv"
    conda:
        "../envs/analysis.yaml"
    params:
        project=config["project"],
        species=SPECIES,
        experiments=[" ".join(experiments) for experiments in RUNS.values()],
        code=code("summarize_runs.py"),
    script:
        "../workflow/scripts/summarize_runs.py"
