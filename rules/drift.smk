# Needs results/detections and, of the recordings that the model learnt from, results/recordings or
# what a finished model says of them.
# Makes results/monitoring/training/{shard}.tsv and training.tsv, how these sound; drift.csv and
# drift_nights.csv, how far new recordings lie from them; and their page.
rule profile_recordings:
    input:
        table="results/recordings/{shard}.tsv",
        brought=asked(brought, "shard"),
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
        clocks=asked(PLAN.recordings.clocks),
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
