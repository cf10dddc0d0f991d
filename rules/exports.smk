# Needs results/detections and results/monitoring/drift.csv and drift_nights.csv; of the user's the
# table of sites; and where verdicts are named, results/review/verdicts.csv and counts.csv.
# Makes results/detections/effort/ and calls/, what was listened to and heard at each site, and
# answers.tsv, what people together say of clips; and of results/exports/: occupancy/, detection
# histories with covariates, and activity.csv, counts by site, night, hour and sunset.
rule count_by_site:
    input:
        scores="results/detections/scores/{day}.h5",
        thresholds="results/detections/thresholds.tsv",
        calibrators="results/detections/calibrators.tsv",
        events="results/detections/events/{day}.tsv",
    output:
        effort="results/detections/effort/{day}.tsv",
        calls="results/detections/calls/{day}.tsv",
    log:
        "logs/count_by_site/{day}.log",
    benchmark:
        "results/benchmarks/count_by_site/{day}.tsv"
    conda:
        "../envs/embedding.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        names=asked(PLAN.exports.told, "day"),
        code=detection_code("count_by_site.py"),
    script:
        "../workflow/scripts/count_by_site.py"


rule settle_answers:
    input:
        queues=drawn("results/review/queues/{queue}.csv"),
        verdicts=ancient(given(asked(PLAN.review.verdicts))),
        # Mistakes in verdicts are told by the job that makes it.
        checked="results/review/verdicts.csv",
    output:
        "results/detections/answers.tsv",
    log:
        "logs/settle_answers.log",
    benchmark:
        "results/benchmarks/settle_answers.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        verdicts=asked(PLAN.review.verdicts_digest),
        code=code("settle_answers.py", recordings=False),
    script:
        "../workflow/scripts/settle_answers.py"


rule write_histories:
    input:
        effort=asked(partial(PLAN.days.of_all, "results/detections/effort/{day}.tsv")),
        calls=asked(partial(PLAN.days.of_all, "results/detections/calls/{day}.tsv")),
        events="results/detections/events.csv",
        recordings="results/detections/recordings.csv",
        drift="results/monitoring/drift.csv",
        sites=given(asked(PLAN.exports.site_table)),
        answers=asked(partial(PLAN.exports.with_verdicts, "results/detections/answers.tsv")),
    output:
        detected=PLAN.exports.of_species("results/exports/occupancy/{species}.csv"),
        confirmed=PLAN.exports.by_verdicts("results/exports/occupancy/confirmed/{species}.csv"),
        states=PLAN.exports.by_verdicts("results/exports/occupancy/states/{species}.csv"),
        covariates=PLAN.exports.covariates(),
        sites="results/exports/occupancy/covariates/sites.csv",
        occasions="results/exports/occupancy/covariates/occasions.csv",
    log:
        "logs/write_histories.log",
    benchmark:
        "results/benchmarks/write_histories.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        species=SPECIES,
        names=asked(PLAN.exports.clocks),
        places=asked(PLAN.exports.places),
        occasion=config["export"]["occasion"],
        columns=config["export"]["site_columns"],
        sensitive=list(config["export"]["sensitive"]),
        code=detection_code("write_histories.py"),
    script:
        "../workflow/scripts/write_histories.py"


rule write_activity:
    input:
        effort=asked(partial(PLAN.days.of_all, "results/detections/effort/{day}.tsv")),
        calls=asked(partial(PLAN.days.of_all, "results/detections/calls/{day}.tsv")),
        separation="results/detections/separation.tsv",
        drift="results/monitoring/drift_nights.csv",
        counts=asked(partial(PLAN.review.counted, prefixed)),
    output:
        "results/exports/activity.csv",
    log:
        "logs/write_activity.log",
    benchmark:
        "results/benchmarks/write_activity.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        code=detection_code("write_activity.py"),
    script:
        "../workflow/scripts/write_activity.py"
