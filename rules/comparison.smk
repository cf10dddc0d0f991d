# Needs metrics.tsv, predictions.tsv, clips.tsv and scores.h5 of the runs, results/splits,
# results/clips/original, results/recordings/checked.tsv, results/recordings.csv,
# results/annotations.csv and results/files_not_read.csv.
# Makes results/checks/leakage.csv, the certificate that nothing scored was learnt from, without
# which there is no summary; and results/summary.csv, one row per run and part, and a short form of
# it on the screen.
rule summarize_runs:
    input:
        metrics=of_runs("metrics.tsv"),
        scores=of_runs("scores.h5"),
        leakage="results/checks/leakage.csv",
        recordings="results/recordings.csv",
        annotations="results/annotations.csv",
        unread="results/files_not_read.csv",
    output:
        "results/summary.csv",
    log:
        "logs/summarize_runs.log",
    benchmark:
        "results/benchmarks/summarize_runs.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        project=config["project"],
        species=SPECIES,
        experiments=[" ".join(experiments) for experiments in RUNS.values()],
        kinds=PLAN.networks.kinds,
        licences=PLAN.networks.licences,
        code=code("summarize_runs.py"),
    script:
        "../workflow/scripts/summarize_runs.py"


rule check_leakage:
    input:
        clips=of_runs("clips.tsv"),
        predictions=of_runs("predictions.tsv"),
        splits=expand("results/splits/{split}.tsv", split=PLAN.runs.by),
        tables=shards("results/clips/original/{shard}.tsv"),
        recordings="results/recordings/checked.tsv",
    output:
        "results/checks/leakage.csv",
    log:
        "logs/check_leakage.log",
    benchmark:
        "results/benchmarks/check_leakage.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        splits=list(PLAN.runs.by),
        runs=asked(PLAN.runs.certified),
        allowed=[split for split in PLAN.runs.by if config["splits"][split]["allow_leak"]],
        code=code("check_leakage.py"),
    script:
        "../workflow/scripts/check_leakage.py"
