# Needs metrics.tsv, predictions.tsv and scores.h5 of the runs, results/embeddings, results/labels,
# and the benchmarks of networks and trainings.
# Makes results/tables/ of what there is to choose from: comparisons.csv, backbones, datasets and
# recipes against each other, optimism.csv, what a leaky split pretends, datasets.csv, what each
# dataset holds, and costs.csv, time, memory and disk of each network.
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
