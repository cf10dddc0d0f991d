# Needs results/tables/models.csv and optimism.csv, metrics.tsv of the runs, and the benchmarks of
# their trainings.
# Makes figures of all scores in results/figures/, each as .svg and .png: models and optimism, the
# tables of these names with their intervals; costs, time and memory of the trainings.
rule plot_models:
    input:
        "results/tables/models.csv",
    output:
        svg=report(
            "results/figures/models.svg",
            category="Figures",
            caption="../workflow/report/plot_models.rst",
            labels={"figure": "models", "of": "all splits"},
        ),
        png="results/figures/models.png",
    log:
        "logs/plot_models.log",
    benchmark:
        "results/benchmarks/plot_models.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        datasets=list(config["datasets"]),
        code=code("plot_models.py"),
    script:
        "../workflow/scripts/plot_models.py"


rule plot_optimism:
    input:
        "results/tables/optimism.csv",
    output:
        svg=report(
            "results/figures/optimism.svg",
            category="Figures",
            caption="../workflow/report/plot_optimism.rst",
            labels={"figure": "optimism", "of": "leaky and honest splits"},
        ),
        png="results/figures/optimism.png",
    log:
        "logs/plot_optimism.log",
    benchmark:
        "results/benchmarks/plot_optimism.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=code("plot_optimism.py"),
    script:
        "../workflow/scripts/plot_optimism.py"


rule plot_costs:
    input:
        of_runs("metrics.tsv"),
        if_stored(PLAN.runs.training_benchmarks()),
    output:
        svg=report(
            "results/figures/costs.svg",
            category="Figures",
            caption="../workflow/report/plot_costs.rst",
            labels={"figure": "costs", "of": "all trainings"},
        ),
        png="results/figures/costs.png",
    log:
        "logs/plot_costs.log",
    benchmark:
        "results/benchmarks/plot_costs.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        datasets=list(config["datasets"]),
        benchmarks=[prefixed(path) for path in PLAN.runs.training_benchmarks()],
        code=code("plot_costs.py"),
    script:
        "../workflow/scripts/plot_costs.py"
