# Needs results/spectrograms and results/labels of the techniques, the annotation source,
# results/splits/{split}.tsv, results/recordings.csv and results/annotations.csv.
# Makes figures of the data in results/figures/, each as .svg and .png: copies-{technique}, copies
# beside what they were made of; annotations, positive clips by species, night and grade;
# split-{split}, where each recording is judged.
rule plot_copies:
    input:
        originals=asked(PLAN.report.shown_originals),
        copies=asked(PLAN.report.shown_copies, "technique"),
        labels=shards("results/labels/original/{shard}.tsv"),
        copy_labels=shards("results/labels/{technique}/{shard}.tsv"),
        annotations=ancient(given(asked(PLAN.annotations.path))),
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
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        recordings=asked(PLAN.recordings.every_id),
        settings=PLAN.annotations.settings,
        annotations=asked(PLAN.annotations.digest),
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
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=config["species"],
        labelling=config["labelling"],
        clocks=asked(PLAN.recordings.clocks),
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
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=code("plot_split.py"),
    script:
        "../workflow/scripts/plot_split.py"
