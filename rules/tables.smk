# Needs metrics.tsv, predictions.tsv and labelling.tsv of the runs, results/labels and
# results/clips/original.
# Makes results/tables/: models.csv, each model over its folds, intervals.csv, every score with its
# interval, presence.csv, scores of whole recordings, comparisons.csv, backbones, datasets and
# recipes against each other, calibration.csv, optimism.csv, what a leaky split pretends, sites.csv,
# scores by site, labelling.csv, scores under other rules and by grade, datasets.csv, what each
# dataset holds, costs.csv, time, memory and disk of each network; and results/calibrators.tsv.
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


rule tabulate_comparisons:
    input:
        metrics=of_runs("metrics.tsv"),
        predictions=of_runs("predictions.tsv"),
    output:
        "results/tables/comparisons.csv",
    log:
        "logs/tabulate_comparisons.log",
    benchmark:
        "results/benchmarks/tabulate_comparisons.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        kinds=PLAN.networks.kinds,
        code=code("tabulate_comparisons.py"),
    script:
        "../workflow/scripts/tabulate_comparisons.py"


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


rule tabulate_optimism:
    input:
        metrics=of_runs("metrics.tsv", PLAN.runs.of_optimism()),
        predictions=of_runs("predictions.tsv", PLAN.runs.of_optimism()),
    output:
        "results/tables/optimism.csv",
    log:
        "logs/tabulate_optimism.log",
    benchmark:
        "results/benchmarks/tabulate_optimism.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        by=PLAN.runs.by,
        easier=PLAN.runs.easier,
        code=code("tabulate_optimism.py"),
    script:
        "../workflow/scripts/tabulate_optimism.py"


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


rule tabulate_datasets:
    input:
        expand("results/labels/{technique}/{shard}.tsv", technique=TECHNIQUES, shard=SHARDS),
    output:
        "results/tables/datasets.csv",
    log:
        "logs/tabulate_datasets.log",
    benchmark:
        "results/benchmarks/tabulate_datasets.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        species=SPECIES,
        techniques=TECHNIQUES,
        datasets=PLAN.datasets.used(),
        labelling=config["labelling"],
        code=code("tabulate_datasets.py"),
    script:
        "../workflow/scripts/tabulate_datasets.py"


rule tabulate_costs:
    input:
        embeddings=PLAN.datasets.embeddings(),
        # Benchmarks of trainings are written with these.
        scores=of_runs("scores.h5"),
        benchmarks=if_stored(PLAN.costs.benchmarks()),
    output:
        "results/tables/costs.csv",
    log:
        "logs/tabulate_costs.log",
    benchmark:
        "results/benchmarks/tabulate_costs.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        networks=PLAN.costs.networks(prefixed),
        benchmarks=[prefixed(path) for path in PLAN.costs.benchmarks()],
        code=code("tabulate_costs.py"),
    script:
        "../workflow/scripts/tabulate_costs.py"
