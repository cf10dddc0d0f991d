# Needs the new recordings of `detection`, and the detector. Nothing here is made for a config without
# it.
# Makes in results/detections/: for each day of recordings scores/{day}.h5, the scores of every clip,
# inspected/ and profiles/, what was found of the recordings and how they sound, events/, activity/,
# sun/, probabilities/ and votes/, audacity/{day}/ and raven/{day}/, labels of each recording; and of
# all days events.csv and recordings.csv. Days are jobs of their own: a new recording costs its day
# alone.
rule detect_calls:
    input:
        model="results/detections/model.h5",
        networks=asked(
            partial(PLAN.detection.of_backbones, "model.keras", "model.xml", "model.bin")
        ),
        about=asked(partial(PLAN.detection.of_backbones, "about.json")),
        own=asked(partial(PLAN.detection.own_networks, "about.json")),
        own_files=asked(
            partial(PLAN.detection.own_networks, "model.keras", "model.xml", "model.bin")
        ),
        finished=given(asked(PLAN.detection.finished_images)),
        recordings=asked(there_on, "day"),
        brought=asked(brought_on, "day"),
    output:
        scores="results/detections/scores/{day}.h5",
        recordings="results/detections/inspected/{day}.tsv",
        profiles="results/detections/profiles/{day}.tsv",
    log:
        "logs/detect_calls/{day}.log",
    benchmark:
        "results/benchmarks/detect_calls/{day}.tsv"
    conda:
        "../envs/embedding.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(60),
    params:
        recordings=asked(PLAN.days.rows, "day"),
        files=files_on,
        overlap=asked(partial(PLAN.detection.setting, "overlap")),
        settings=asked(PLAN.detection.clip_settings),
        min_last=config["clips"]["min_last"],
        dtype=config["embedding"]["dtype"],
        code=detection_code("detect_calls.py"),
    script:
        "../workflow/scripts/detect_calls.py"


rule find_events:
    input:
        scores="results/detections/scores/{day}.h5",
        thresholds="results/detections/thresholds.tsv",
        calibrators="results/detections/calibrators.tsv",
    output:
        events="results/detections/events/{day}.tsv",
        activity="results/detections/activity/{day}.tsv",
        probabilities="results/detections/probabilities/{day}.tsv",
        votes="results/detections/votes/{day}.tsv",
        sun="results/detections/sun/{day}.tsv",
        audacity=directory("results/detections/audacity/{day}"),
        raven=directory("results/detections/raven/{day}"),
    log:
        "logs/find_events/{day}.log",
    benchmark:
        "results/benchmarks/find_events/{day}.tsv"
    conda:
        "../envs/embedding.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        names=asked(PLAN.days.told, "day"),
        gap=asked(partial(PLAN.detection.setting, "gap")),
        code=detection_code("find_events.py"),
    script:
        "../workflow/scripts/find_events.py"


rule collect_detections:
    input:
        recordings=asked(partial(PLAN.days.of_all, "results/detections/inspected/{day}.tsv")),
        events=asked(partial(PLAN.days.of_all, "results/detections/events/{day}.tsv")),
        model="results/detections/model.h5",
        learnt=asked(PLAN.detection.learnt_from_table),
        finished=given(asked(PLAN.detection.finished_training)),
    output:
        recordings="results/detections/recordings.csv",
        events="results/detections/events.csv",
    log:
        "logs/collect_detections.log",
    benchmark:
        "results/benchmarks/collect_detections.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        names=asked(PLAN.days.all_told),
        channels=asked(PLAN.days.channels),
        on_error=config["audio"]["on_error"],
        code=detection_code("collect_detections.py"),
    script:
        "../workflow/scripts/collect_detections.py"
