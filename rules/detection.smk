# Needs the new recordings of `detection`, and head.keras, metrics.tsv, predictions.tsv and so on of
# the models that it names, or the folder of a finished model in their place. Nothing here is made
# for a config without it.
# Makes results/detections/: model.h5, the chosen model with all its folds; thresholds.tsv and
# calibrators.tsv, what its scores mean, and separation.tsv, what known clips get; for each day of
# recordings scores/{day}.h5, the scores of every clip, inspected/ and profiles/, what was found of
# the recordings and how they sound, events/, activity/, sun/, probabilities/ and votes/,
# audacity/{day}/ and raven/{day}/, labels of each recording; and of all days events.csv and
# recordings.csv. Days are jobs of their own: a new recording costs its day alone. And, on request,
# results/finished_model/, with which another workflow listens.
rule assemble_detector:
    input:
        metrics=asked(partial(PLAN.detection.of_runs, "metrics.tsv")),
        heads=asked(partial(PLAN.detection.of_runs, "head.keras")),
        scores=asked(partial(PLAN.detection.of_runs, "scores.h5")),
        clips=asked(partial(PLAN.detection.of_runs, "clips.tsv")),
        networks=asked(
            partial(PLAN.detection.of_backbones, "model.keras", "model.xml", "model.bin")
        ),
        own=asked(partial(PLAN.detection.own_networks, "about.json")),
        refits=asked(partial(PLAN.detection.refits, "head.keras")),
        refit_clips=asked(partial(PLAN.detection.refits, "clips.tsv")),
        embeddings=asked(PLAN.detection.embeddings),
        finished=given(asked(PLAN.detection.finished_files)),
    output:
        "results/detections/model.h5",
    log:
        "logs/assemble_detector.log",
    benchmark:
        "results/benchmarks/assemble_detector.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        combine=asked(PLAN.detection.combined),
        code=detection_code("assemble_detector.py"),
    script:
        "../workflow/scripts/assemble_detector.py"


rule tune_detector:
    input:
        model="results/detections/model.h5",
        metrics=asked(partial(PLAN.detection.of_runs, "metrics.tsv")),
        thresholds=asked(partial(PLAN.detection.of_runs, "thresholds.tsv")),
        predictions=asked(partial(PLAN.detection.of_runs, "predictions.tsv")),
        finished=given(asked(PLAN.detection.finished_tuning)),
        checked=asked(PLAN.review.checked),
    output:
        thresholds="results/detections/thresholds.tsv",
        calibrators="results/detections/calibrators.tsv",
        separation="results/detections/separation.tsv",
    log:
        "logs/tune_detector.log",
    benchmark:
        "results/benchmarks/tune_detector.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        thresholds=asked(partial(PLAN.detection.setting, "thresholds")),
        seed=config["seed"],
        code=detection_code("tune_detector.py"),
    script:
        "../workflow/scripts/tune_detector.py"


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


rule export_detector:
    input:
        model="results/detections/model.h5",
        training="results/monitoring/training.tsv",
        metrics=asked(partial(PLAN.detection.of_runs, "metrics.tsv")),
        thresholds=asked(partial(PLAN.detection.of_runs, "thresholds.tsv")),
        predictions=asked(partial(PLAN.detection.of_runs, "predictions.tsv")),
        networks=asked(
            partial(
                PLAN.detection.of_backbones,
                "model.keras",
                "model.xml",
                "model.bin",
                "about.json",
            )
        ),
        own=asked(
            partial(
                PLAN.detection.own_networks,
                "model.keras",
                "model.xml",
                "model.bin",
                "about.json",
            )
        ),
    output:
        directory("results/finished_model"),
    log:
        "logs/export_detector.log",
    benchmark:
        "results/benchmarks/export_detector.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=config["species"],
        sr=config["audio"]["sr"],
        clips={key: config["clips"][key] for key in ("length", "min_last")},
        seed=config["seed"],
        code=detection_code("export_detector.py"),
    script:
        "../workflow/scripts/export_detector.py"
