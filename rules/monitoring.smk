# Needs results/detections and, of the recordings that the model learnt from, results/recordings or
# what a finished model says of them.
# Makes results/monitoring/: activity.csv, dates.csv, hours.csv and species.csv, who called when,
# with expected counts; drift.csv and drift_nights.csv, how far new recordings lie from those; pages
# of both; and, where there is a truth to judge by, results/detections/judged.csv with its page. The
# demo's season, resources/demo/season/audio, is synthesised here, from a truth that nothing but
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


rule profile_recordings:
    input:
        table="results/recordings/{shard}.tsv",
        recordings=asked(there, "shard"),
    output:
        "results/monitoring/training/{shard}.tsv",
    log:
        "logs/profile_recordings/{shard}.log",
    benchmark:
        "results/benchmarks/profile_recordings/{shard}.tsv"
    conda:
        "../envs/audio.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(20),
    params:
        recordings=asked(PLAN.recordings.ids_of, "shard"),
        files=files,
        channels=asked(PLAN.recordings.channels, "shard"),
        sr=config["audio"]["sr"],
        length=config["clips"]["length"],
        min_last=config["clips"]["min_last"],
        code=detection_code("profile_recordings.py"),
    script:
        "../workflow/scripts/profile_recordings.py"


rule collect_profiles:
    input:
        model="results/detections/model.h5",
        profiles=asked(
            partial(PLAN.detection.learnt_from, "results/monitoring/training/{shard}.tsv")
        ),
        recordings=asked(PLAN.detection.learnt_from_table),
        finished=given(asked(PLAN.detection.finished_training)),
    output:
        "results/monitoring/training.tsv",
    log:
        "logs/collect_profiles.log",
    benchmark:
        "results/benchmarks/collect_profiles.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=detection_code("collect_profiles.py"),
    script:
        "../workflow/scripts/collect_profiles.py"


rule measure_drift:
    input:
        model="results/detections/model.h5",
        training="results/monitoring/training.tsv",
        recordings="results/detections/recordings.csv",
        profiles=asked(partial(PLAN.days.of_all, "results/detections/profiles/{day}.tsv")),
    output:
        recordings="results/monitoring/drift.csv",
        nights="results/monitoring/drift_nights.csv",
    log:
        "logs/measure_drift.log",
    benchmark:
        "results/benchmarks/measure_drift.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=detection_code("measure_drift.py"),
    script:
        "../workflow/scripts/measure_drift.py"


rule tabulate_activity:
    input:
        days=asked(partial(PLAN.days.of_all, "results/detections/activity/{day}.tsv")),
        separation="results/detections/separation.tsv",
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


rule judge_events:
    input:
        events="results/detections/events.csv",
        recordings="results/detections/recordings.csv",
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
        judged=asked(PLAN.detection.judged),
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
        template=template("monitoring"),
        code=detection_code("write_monitoring.py"),
    script:
        "../workflow/scripts/write_monitoring.py"


rule write_drift:
    input:
        model="results/detections/model.h5",
        training="results/monitoring/training.tsv",
        drift="results/monitoring/drift.csv",
        nights="results/monitoring/drift_nights.csv",
    output:
        report(
            "results/monitoring/drift.html",
            category="Drift",
            caption="../workflow/report/page.rst",
            labels={"page": "whether the model knows such recordings"},
        ),
    log:
        "logs/write_drift.log",
    benchmark:
        "results/benchmarks/write_drift.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        template=template("drift"),
        code=detection_code("write_drift.py"),
    script:
        "../workflow/scripts/write_drift.py"
