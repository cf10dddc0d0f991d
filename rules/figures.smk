# Needs results/spectrograms and results/labels of the techniques, the annotation source,
# results/splits/{split}.tsv, results/recordings.csv, results/annotations.csv and results/tables/.
# results/training: metrics.tsv, history.tsv and predictions.tsv of the runs.
# Makes results/figures/, each as .svg and .png: copies-{technique}, copies beside what they were
# made of; annotations, positive clips by species, night and grade; split-{split}, where each
# recording is judged; models and optimism, the tables of these names with their intervals.
rule plot_copies:
    input:
        originals=shards("results/spectrograms/original/{shard}.h5"),
        copies=shards("results/spectrograms/{technique}/{shard}.h5"),
        labels=shards("results/labels/original/{shard}.tsv"),
        copy_labels=shards("results/labels/{technique}/{shard}.tsv"),
        annotations=ancient(config["annotations"]["source"]),
    output:
        svg=report(
            "results/figures/copies-{technique}.svg",
            category="Figures",
            caption="../workflow/report/plot_copies.rst",
            labels={"figure": "copies", "of": "{technique}"},
        ),
        png="results/figures/copies-{technique}.png",
    log:
        "logs/plot_copies/{technique}.log",
    benchmark:
        "results/benchmarks/plot_copies/{technique}.tsv"
    wildcard_constraints:
        technique="time_stretch|time_mask|frequency_mask",
    conda:
        "../envs/figures.yaml"
    params:
        recordings=PLAN.names,
        settings=PLAN.annotation_settings,
        annotations=asked(PLAN.all_annotations),
        labelling=config["labelling"],
        code=code("plot_copies.py"),
    script:
        "../workflow/scripts/plot_copies.py"


rule plot_annotations:
    input:
        shards("results/labels/original/{shard}.tsv"),
    output:
        svg=report(
            "results/figures/annotations.svg",
            category="Figures",
            caption="../workflow/report/plot_annotations.rst",
            labels={"figure": "annotations", "of": "all nights"},
        ),
        png="results/figures/annotations.png",
    log:
        "logs/plot_annotations.log",
    benchmark:
        "results/benchmarks/plot_annotations.tsv"
    conda:
        "../envs/figures.yaml"
    params:
        species=config["species"],
        labelling=config["labelling"],
        nights=PLAN.nights(),
        code=code("plot_annotations.py"),
    script:
        "../workflow/scripts/plot_annotations.py"


rule plot_split:
    input:
        roles="results/splits/{split}.tsv",
        recordings="results/recordings.csv",
        annotations="results/annotations.csv",
    output:
        svg=report(
            "results/figures/split-{split}.svg",
            category="Figures",
            caption="../workflow/report/plot_split.rst",
            labels={"figure": "split", "of": "{split}"},
        ),
        png="results/figures/split-{split}.png",
    log:
        "logs/plot_split/{split}.log",
    benchmark:
        "results/benchmarks/plot_split/{split}.tsv"
    conda:
        "../envs/figures.yaml"
    params:
        code=code("plot_split.py"),
    script:
        "../workflow/scripts/plot_split.py"


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
    params:
        code=code("plot_optimism.py"),
    script:
        "../workflow/scripts/plot_optimism.py"


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
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("plot_hours.py"),
    script:
        "../workflow/scripts/plot_hours.py"


rule plot_costs:
    input:
        of_runs("metrics.tsv"),
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
    params:
        datasets=list(config["datasets"]),
        benchmarks=[f"results/benchmarks/train_model/{run.folder}.tsv" for run in RUNS],
        code=code("plot_costs.py"),
    script:
        "../workflow/scripts/plot_costs.py"
