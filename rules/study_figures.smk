# Needs metrics.tsv and predictions.tsv of the runs of the experiments stage2 and stage3, and
# results/tables/models.csv; figure1 needs the workflow alone.
# Makes results/figures/, each as .svg and .png: figure1, the pipeline as its own rules have it;
# figure2, F1 on test of the models of stage2 that are best on validation; figure3, F1 of every
# fold's model of stage3 on the combined dataset; figure4, their F1 against the size of the weights.
rule plot_pipeline:
    output:
        svg=report(
            "results/figures/figure1.svg",
            category="Figures",
            caption="../workflow/report/plot_pipeline.rst",
            labels={"figure": "figure1", "of": "pipeline"},
        ),
        png="results/figures/figure1.png",
    log:
        "logs/plot_pipeline.log",
    benchmark:
        "results/benchmarks/plot_pipeline.tsv"
    conda:
        "../envs/pipeline.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        snakefile=workflow.main_snakefile,
        called=workflow.config_settings,
        stored=stored,
        rules=asked(rule_names),
        project=config["project"],
        code=code("plot_pipeline.py"),
    script:
        "../workflow/scripts/plot_pipeline.py"


rule plot_best_by_dataset:
    input:
        metrics=of_runs("metrics.tsv", PLAN.study.of_stage("stage2")),
        predictions=of_runs("predictions.tsv", PLAN.study.of_stage("stage2")),
    output:
        svg=report(
            "results/figures/figure2.svg",
            category="Figures",
            caption="../workflow/report/plot_best_by_dataset.rst",
            labels={"figure": "figure2", "of": "stage 2"},
        ),
        png="results/figures/figure2.png",
    log:
        "logs/plot_best_by_dataset.log",
    benchmark:
        "results/benchmarks/plot_best_by_dataset.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        datasets=list(config["datasets"]),
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("plot_best_by_dataset.py"),
    script:
        "../workflow/scripts/plot_best_by_dataset.py"


rule plot_folds:
    input:
        of_runs("metrics.tsv", PLAN.study.of_stage("stage3", "combined")),
    output:
        svg=report(
            "results/figures/figure3.svg",
            category="Figures",
            caption="../workflow/report/plot_folds.rst",
            labels={"figure": "figure3", "of": "stage 3"},
        ),
        png="results/figures/figure3.png",
    log:
        "logs/plot_folds.log",
    benchmark:
        "results/benchmarks/plot_folds.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        dataset="combined",
        code=code("plot_folds.py"),
    script:
        "../workflow/scripts/plot_folds.py"


rule plot_size:
    input:
        metrics=of_runs("metrics.tsv", PLAN.study.of_stage("stage3", "combined")),
        models="results/tables/models.csv",
    output:
        svg=report(
            "results/figures/figure4.svg",
            category="Figures",
            caption="../workflow/report/plot_size.rst",
            labels={"figure": "figure4", "of": "stage 3"},
        ),
        png="results/figures/figure4.png",
    log:
        "logs/plot_size.log",
    benchmark:
        "results/benchmarks/plot_size.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        dataset="combined",
        code=code("plot_size.py"),
    script:
        "../workflow/scripts/plot_size.py"
