# Needs metrics.tsv and predictions.tsv of the runs, results/calibrators.tsv, results/labels,
# results/recordings.csv and the annotation source.
# Makes results/tables/: events.csv, how well each model finds events, and field.csv, far calls,
# false events and minutes of listening.
rule tabulate_events:
    input:
        metrics=of_runs("metrics.tsv", PLAN.runs.calibrated()),
        predictions=of_runs("predictions.tsv", PLAN.runs.calibrated()),
        calibrators="results/calibrators.tsv",
        labels=shards("results/labels/original/{shard}.tsv"),
        recordings="results/recordings.csv",
        annotations=ancient(given(asked(PLAN.annotations.path))),
    output:
        "results/tables/events.csv",
    log:
        "logs/tabulate_events.log",
    benchmark:
        "results/benchmarks/tabulate_events.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        recordings=asked(PLAN.recordings.every_id),
        settings=PLAN.annotations.settings,
        annotations=asked(PLAN.annotations.digest),
        length=config["clips"]["length"],
        allowed=config["evaluation"]["events"],
        code=code("tabulate_events.py"),
    script:
        "../workflow/scripts/tabulate_events.py"


rule tabulate_field_scores:
    input:
        metrics=of_runs("metrics.tsv", PLAN.runs.calibrated()),
        predictions=of_runs("predictions.tsv", PLAN.runs.calibrated()),
        labels=shards("results/labels/original/{shard}.tsv"),
        recordings="results/recordings.csv",
        annotations=ancient(given(asked(PLAN.annotations.path))),
    output:
        "results/tables/field.csv",
    log:
        "logs/tabulate_field_scores.log",
    benchmark:
        "results/benchmarks/tabulate_field_scores.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        recordings=asked(PLAN.recordings.every_id),
        settings=PLAN.annotations.settings,
        annotations=asked(PLAN.annotations.digest),
        labelling=config["labelling"],
        length=config["clips"]["length"],
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=code("tabulate_field_scores.py"),
    script:
        "../workflow/scripts/tabulate_field_scores.py"
