# Needs results/detections, results/monitoring/drift_nights.csv and, where there is a truth to judge
# by, that.
# Makes results/monitoring/: activity.csv, dates.csv, hours.csv, sun.csv and species.csv, who called
# when, with expected counts, and precision.csv, how many of the clips that are called positive hold
# calls, with their page; and, where there is a truth, results/detections/judged.csv.
# The demo's season, resources/demo/season/audio, is synthesised here, from a truth that nothing but
# the judgement reads.
rule synthesise_season:
    input:
        truth=ancient(given("resources/demo/season/truth.csv")),
    output:
        "resources/demo/season/audio/{recording}.flac",
    log:
        "logs/synthesise_season/{recording}.log",
    benchmark:
        "results/benchmarks/synthesise_season/{recording}.tsv"
    wildcard_constraints:
        recording=r"DEMO_\d{8}_\d{6}",
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        recording=lambda wildcards: wildcards.recording,
        seed=config["seed"],
        code=detection_code("synthesise_season.py"),
    script:
        "../workflow/scripts/synthesise_season.py"


rule tabulate_activity:
    input:
        days=asked(partial(PLAN.days.of_all, "results/detections/activity/{day}.tsv")),
        separation="results/detections/separation.tsv",
        drift="results/monitoring/drift_nights.csv",
    output:
        activity="results/monitoring/activity.csv",
        dates="results/monitoring/dates.csv",
        hours="results/monitoring/hours.csv",
        species="results/monitoring/species.csv",
    log:
        "logs/tabulate_activity.log",
    benchmark:
        "results/benchmarks/tabulate_activity.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=detection_code("tabulate_activity.py"),
    script:
        "../workflow/scripts/tabulate_activity.py"


rule expect_precision:
    input:
        days=asked(partial(PLAN.days.of_all, "results/detections/activity/{day}.tsv")),
        probabilities=asked(partial(PLAN.days.of_all, "results/detections/probabilities/{day}.tsv")),
        votes=asked(partial(PLAN.days.of_all, "results/detections/votes/{day}.tsv")),
        separation="results/detections/separation.tsv",
        drift="results/monitoring/drift_nights.csv",
    output:
        "results/monitoring/precision.csv",
    log:
        "logs/expect_precision.log",
    benchmark:
        "results/benchmarks/expect_precision.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=detection_code("expect_precision.py"),
    script:
        "../workflow/scripts/expect_precision.py"


rule tabulate_sun:
    input:
        days=asked(partial(PLAN.days.of_all, "results/detections/sun/{day}.tsv")),
        separation="results/detections/separation.tsv",
        drift="results/monitoring/drift_nights.csv",
    output:
        "results/monitoring/sun.csv",
    log:
        "logs/tabulate_sun.log",
    benchmark:
        "results/benchmarks/tabulate_sun.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=detection_code("tabulate_sun.py"),
    script:
        "../workflow/scripts/tabulate_sun.py"


rule judge_events:
    input:
        events="results/detections/events.csv",
        recordings="results/detections/recordings.csv",
        scores=asked(partial(PLAN.days.of_all, "results/detections/scores/{day}.h5")),
        calibrators="results/detections/calibrators.tsv",
        truth=ancient(given(asked(partial(PLAN.detection.setting, "truth")))),
    output:
        "results/detections/judged.csv",
    log:
        "logs/judge_events.log",
    benchmark:
        "results/benchmarks/judge_events.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        settings=PLAN.annotations.settings,
        truth=asked(PLAN.days.truth_digest),
        allowed=config["evaluation"]["events"],
        gap=asked(partial(PLAN.detection.setting, "gap")),
        code=detection_code("judge_events.py"),
    script:
        "../workflow/scripts/judge_events.py"


rule write_monitoring:
    input:
        model="results/detections/model.h5",
        thresholds="results/detections/thresholds.tsv",
        events="results/detections/events.csv",
        recordings="results/detections/recordings.csv",
        dates="results/monitoring/dates.csv",
        totals="results/monitoring/species.csv",
        drift="results/monitoring/drift_nights.csv",
        precision="results/monitoring/precision.csv",
        judged=asked(PLAN.detection.judged),
        listened=asked(PLAN.review.listened),
    output:
        report(
            "results/monitoring/monitoring.html",
            category="Overview",
            caption="../workflow/report/page.rst",
            labels={"page": "what was heard, and how far to trust it"},
        ),
    log:
        "logs/write_monitoring.log",
    benchmark:
        "results/benchmarks/write_monitoring.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=config["species"],
        project=config["project"],
        gap=asked(partial(PLAN.detection.setting, "gap")),
        round=config["review"]["round"],
        template=template("monitoring"),
        code=detection_code("write_monitoring.py"),
    script:
        "../workflow/scripts/write_monitoring.py"
