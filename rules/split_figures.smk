# Needs history.tsv, predictions.tsv and metrics.tsv of the runs, results/calibrators.tsv and
# results/recordings.csv, and results/tables/field.csv.
# Makes figures of each split in results/figures/, each as .svg and .png: learning_curves-{split},
# precision_recall-{split}, reliability-{split}, hours-{split}, sites-{split} and field-{split}.
rule plot_learning_curves:
    input:
        metrics=of_split("metrics.tsv"),
        history=of_split("history.tsv"),
    output:
        svg=report(
            "results/figures/learning_curves-{split}.svg",
            category="Figures",
            caption="../workflow/report/plot_learning_curves.rst",
            labels={"figure": "learning curves", "of": "{split}"},
        ),
        png="results/figures/learning_curves-{split}.png",
    log:
        "logs/plot_learning_curves/{split}.log",
    benchmark:
        "results/benchmarks/plot_learning_curves/{split}.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        datasets=list(config["datasets"]),
        code=code("plot_learning_curves.py"),
    script:
        "../workflow/scripts/plot_learning_curves.py"


rule plot_precision_recall:
    input:
        metrics=of_split("metrics.tsv"),
        predictions=of_split("predictions.tsv"),
    output:
        svg=report(
            "results/figures/precision_recall-{split}.svg",
            category="Figures",
            caption="../workflow/report/plot_precision_recall.rst",
            labels={"figure": "precision and recall", "of": "{split}"},
        ),
        png="results/figures/precision_recall-{split}.png",
    log:
        "logs/plot_precision_recall/{split}.log",
    benchmark:
        "results/benchmarks/plot_precision_recall/{split}.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("plot_precision_recall.py"),
    script:
        "../workflow/scripts/plot_precision_recall.py"


rule plot_reliability:
    input:
        metrics=of_split("metrics.tsv"),
        predictions=of_split("predictions.tsv"),
        calibrators=asked(PLAN.splits.calibrators, "split"),
    output:
        svg=report(
            "results/figures/reliability-{split}.svg",
            category="Figures",
            caption="../workflow/report/plot_reliability.rst",
            labels={"figure": "reliability", "of": "{split}"},
        ),
        png="results/figures/reliability-{split}.png",
    log:
        "logs/plot_reliability/{split}.log",
    benchmark:
        "results/benchmarks/plot_reliability/{split}.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("plot_reliability.py"),
    script:
        "../workflow/scripts/plot_reliability.py"


rule plot_hours:
    input:
        metrics=of_split("metrics.tsv"),
        predictions=of_split("predictions.tsv"),
        recordings="results/recordings.csv",
    output:
        svg=report(
            "results/figures/hours-{split}.svg",
            category="Figures",
            caption="../workflow/report/plot_hours.rst",
            labels={"figure": "hours", "of": "{split}"},
        ),
        png="results/figures/hours-{split}.png",
    log:
        "logs/plot_hours/{split}.log",
    benchmark:
        "results/benchmarks/plot_hours/{split}.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("plot_hours.py"),
    script:
        "../workflow/scripts/plot_hours.py"


rule plot_field_scores:
    input:
        metrics=of_split("metrics.tsv"),
        table="results/tables/field.csv",
    output:
        svg=report(
            "results/figures/field-{split}.svg",
            category="Figures",
            caption="../workflow/report/plot_field_scores.rst",
            labels={"figure": "what matters in the field", "of": "{split}"},
        ),
        png="results/figures/field-{split}.png",
    log:
        "logs/plot_field_scores/{split}.log",
    benchmark:
        "results/benchmarks/plot_field_scores/{split}.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=code("plot_field_scores.py"),
    script:
        "../workflow/scripts/plot_field_scores.py"


rule plot_sites:
    input:
        metrics=of_split("metrics.tsv"),
        predictions=of_split("predictions.tsv"),
        recordings="results/recordings.csv",
    output:
        svg=report(
            "results/figures/sites-{split}.svg",
            category="Figures",
            caption="../workflow/report/plot_sites.rst",
            labels={"figure": "sites", "of": "{split}"},
        ),
        png="results/figures/sites-{split}.png",
    log:
        "logs/plot_sites/{split}.log",
    benchmark:
        "results/benchmarks/plot_sites/{split}.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("plot_sites.py"),
    script:
        "../workflow/scripts/plot_sites.py"
