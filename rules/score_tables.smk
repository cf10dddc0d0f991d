# Needs metrics.tsv, predictions.tsv and labelling.tsv of the runs, results/clips/original and
# results/recordings.csv.
# Makes results/tables/ of how well each model finds calls: models.csv, over its folds,
# intervals.csv, every score with its interval, presence.csv, scores of whole recordings,
# calibration.csv, sites.csv, scores by site, and labelling.csv, scores under other rules and by
# grade; and results/calibrators.tsv.
rule tabulate_models:
    input:
        metrics=of_runs("metrics.tsv"),
        predictions=of_runs("predictions.tsv"),
    output:
        "results/tables/models.csv",
    log:
        "logs/tabulate_models.log",
    benchmark:
        "results/benchmarks/tabulate_models.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("tabulate_models.py"),
    script:
        "../workflow/scripts/tabulate_models.py"


rule tabulate_intervals:
    input:
        metrics=of_runs("metrics.tsv"),
        predictions=of_runs("predictions.tsv"),
    output:
        "results/tables/intervals.csv",
    log:
        "logs/tabulate_intervals.log",
    benchmark:
        "results/benchmarks/tabulate_intervals.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("tabulate_intervals.py"),
    script:
        "../workflow/scripts/tabulate_intervals.py"


rule tabulate_presence:
    input:
        metrics=of_runs("metrics.tsv"),
        predictions=of_runs("predictions.tsv"),
        clips=shards("results/clips/original/{shard}.tsv"),
    output:
        "results/tables/presence.csv",
    log:
        "logs/tabulate_presence.log",
    benchmark:
        "results/benchmarks/tabulate_presence.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        species=SPECIES,
        calling=asked(PLAN.annotations.calling),
        code=code("tabulate_presence.py"),
    script:
        "../workflow/scripts/tabulate_presence.py"


rule calibrate_models:
    input:
        metrics=of_runs("metrics.tsv", PLAN.runs.calibrated()),
        predictions=of_runs("predictions.tsv", PLAN.runs.calibrated()),
    output:
        calibrators="results/calibrators.tsv",
        table="results/tables/calibration.csv",
    log:
        "logs/calibrate_models.log",
    benchmark:
        "results/benchmarks/calibrate_models.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("calibrate_models.py"),
    script:
        "../workflow/scripts/calibrate_models.py"


rule tabulate_sites:
    input:
        metrics=of_runs("metrics.tsv"),
        predictions=of_runs("predictions.tsv"),
        recordings="results/recordings.csv",
    output:
        "results/tables/sites.csv",
    log:
        "logs/tabulate_sites.log",
    benchmark:
        "results/benchmarks/tabulate_sites.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("tabulate_sites.py"),
    script:
        "../workflow/scripts/tabulate_sites.py"


rule tabulate_labelling:
    input:
        of_runs("labelling.tsv"),
    output:
        "results/tables/labelling.csv",
    log:
        "logs/tabulate_labelling.log",
    benchmark:
        "results/benchmarks/tabulate_labelling.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        code=code("tabulate_labelling.py"),
    script:
        "../workflow/scripts/tabulate_labelling.py"
