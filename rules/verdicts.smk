# Needs the files of verdicts that the config names, the queues and frames that they are of
# (results/review), annotations, and the trainings of the model that doubted them.
# Makes results/review/: verdicts.csv, all of them, agreement.csv and disagreements.csv; counts.csv,
# thresholds.csv; corrected/, label files to be taken over by copying, corrections.csv and yield.csv,
# and effect.csv, what the corrections did to F1.
rule collect_verdicts:
    input:
        queues=drawn("results/review/queues/{queue}.csv"),
        verdicts=ancient(given(asked(PLAN.review.verdicts))),
    output:
        verdicts="results/review/verdicts.csv",
        agreement="results/review/agreement.csv",
        disagreements="results/review/disagreements.csv",
    log:
        "logs/collect_verdicts.log",
    benchmark:
        "results/benchmarks/collect_verdicts.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        verdicts=asked(PLAN.review.verdicts_digest),
        labelling=config["labelling"],
        code=code("collect_verdicts.py", recordings=False),
    script:
        "../workflow/scripts/collect_verdicts.py"


rule count_listened:
    input:
        verdicts="results/review/verdicts.csv",
        frames=drawn("results/review/frames/{queue}.csv", "count"),
        recordings="results/detections/recordings.csv",
    output:
        "results/review/counts.csv",
    log:
        "logs/count_listened.log",
    benchmark:
        "results/benchmarks/count_listened.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        species=SPECIES,
        code=detection_code("count_listened.py"),
    script:
        "../workflow/scripts/count_listened.py"


# Sites and nights are those that names tell: the table of recordings stands behind the thresholds.
rule check_thresholds:
    input:
        verdicts="results/review/verdicts.csv",
    output:
        "results/review/thresholds.csv",
    log:
        "logs/check_thresholds.log",
    benchmark:
        "results/benchmarks/check_thresholds.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        precision=PLAN.review.settings["precision"],
        places=asked(PLAN.days.all_told),
        code=detection_code("check_thresholds.py"),
    script:
        "../workflow/scripts/check_thresholds.py"


rule correct_annotations:
    input:
        verdicts="results/review/verdicts.csv",
        queues=drawn("results/review/queues/{queue}.csv", "doubt"),
        annotations=ancient(given(asked(PLAN.annotations.path))),
    output:
        corrected=directory("results/review/corrected"),
        changes="results/review/corrections.csv",
        found="results/review/yield.csv",
    log:
        "logs/correct_annotations.log",
    benchmark:
        "results/benchmarks/correct_annotations.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        recordings=asked(PLAN.recordings.every_id),
        settings=PLAN.annotations.settings,
        annotations=asked(PLAN.annotations.digest),
        labelling=config["labelling"],
        code=code("correct_annotations.py"),
    script:
        "../workflow/scripts/correct_annotations.py"


rule measure_corrections:
    input:
        queues=drawn("results/review/queues/{queue}.csv", "doubt"),
        frames=drawn("results/review/frames/{queue}.csv", "doubt"),
        metrics=asked(partial(PLAN.review.of_runs, "metrics.tsv")),
        predictions=asked(partial(PLAN.review.of_runs, "predictions.tsv")),
    output:
        "results/review/effect.csv",
    log:
        "logs/measure_corrections.log",
    benchmark:
        "results/benchmarks/measure_corrections.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        species=SPECIES,
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("measure_corrections.py"),
    script:
        "../workflow/scripts/measure_corrections.py"
