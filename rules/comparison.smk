# Needs metrics.tsv, predictions.tsv, labelling.tsv and clips.tsv of the runs, results/splits,
# results/labels, results/recordings.csv and results/annotations.csv.
# Makes results/checks/leakage.csv, the certificate that nothing scored was learnt from, without
# which there is no summary; results/summary.csv, one row per run and part, and a short form of it
# on the screen; and results/tables/: models.csv, each model over its folds, optimism.csv, what a
# leaky split pretends, labelling.csv, scores under other rules and by grade, datasets.csv, what
# each dataset holds.
rule summarize_runs:
    input:
        metrics=of_runs("metrics.tsv"),
        scores=of_runs("scores.h5"),
        leakage="results/checks/leakage.csv",
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
    resources:
        mem_mb=500,
    params:
        project=config["project"],
        species=SPECIES,
        experiments=[" ".join(experiments) for experiments in RUNS.values()],
        code=code("summarize_runs.py"),
    script:
        "../workflow/scripts/summarize_runs.py"


rule check_leakage:
    input:
        clips=of_runs("clips.tsv"),
        predictions=of_runs("predictions.tsv"),
        splits=expand("results/splits/{split}.tsv", split=PLAN.by),
        tables=shards("results/clips/original/{shard}.tsv"),
    output:
        report(
            "results/checks/leakage.csv",
            category="Certificate",
            caption="../workflow/report/leakage.rst",
            labels={"table": "leakage"},
        ),
    log:
        "logs/check_leakage.log",
    benchmark:
        "results/benchmarks/check_leakage.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        splits=list(PLAN.by),
        runs=asked(PLAN.certified_runs),
        allowed=[split for split in PLAN.by if config["splits"][split]["allow_leak"]],
        code=code("check_leakage.py"),
    script:
        "../workflow/scripts/check_leakage.py"


rule tabulate_models:
    input:
        metrics=of_runs("metrics.tsv"),
        predictions=of_runs("predictions.tsv"),
    output:
        report(
            "results/tables/models.csv",
            category="Tables",
            caption="../workflow/report/models.rst",
            labels={"table": "models"},
        ),
    log:
        "logs/tabulate_models.log",
    benchmark:
        "results/benchmarks/tabulate_models.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("tabulate_models.py"),
    script:
        "../workflow/scripts/tabulate_models.py"


rule tabulate_optimism:
    input:
        metrics=of_runs("metrics.tsv", PLAN.optimism_runs()),
        predictions=of_runs("predictions.tsv", PLAN.optimism_runs()),
    output:
        report(
            "results/tables/optimism.csv",
            category="Tables",
            caption="../workflow/report/optimism.rst",
            labels={"table": "optimism"},
        ),
    log:
        "logs/tabulate_optimism.log",
    benchmark:
        "results/benchmarks/tabulate_optimism.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        by=PLAN.by,
        leaky=PLAN.leaky_splits,
        code=code("tabulate_optimism.py"),
    script:
        "../workflow/scripts/tabulate_optimism.py"


rule tabulate_labelling:
    input:
        of_runs("labelling.tsv"),
    output:
        report(
            "results/tables/labelling.csv",
            category="Tables",
            caption="../workflow/report/labelling.rst",
            labels={"table": "labelling"},
        ),
    log:
        "logs/tabulate_labelling.log",
    benchmark:
        "results/benchmarks/tabulate_labelling.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        code=code("tabulate_labelling.py"),
    script:
        "../workflow/scripts/tabulate_labelling.py"


rule tabulate_datasets:
    input:
        expand("results/labels/{technique}/{shard}.tsv", technique=TECHNIQUES, shard=SHARDS),
    output:
        report(
            "results/tables/datasets.csv",
            category="Tables",
            caption="../workflow/report/datasets.rst",
            labels={"table": "datasets"},
        ),
    log:
        "logs/tabulate_datasets.log",
    benchmark:
        "results/benchmarks/tabulate_datasets.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=500,
    params:
        species=SPECIES,
        techniques=TECHNIQUES,
        datasets=PLAN.datasets(),
        labelling=config["labelling"],
        code=code("tabulate_datasets.py"),
    script:
        "../workflow/scripts/tabulate_datasets.py"
