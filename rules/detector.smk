# Needs head.keras, metrics.tsv, predictions.tsv and so on of the models that `detection` names, or the
# folder of a finished model in their place. Nothing here is made for a config without it.
# Makes in results/detections/: model.h5, the chosen model with all its folds, or its refit;
# thresholds.tsv and calibrators.tsv, what its scores mean, and separation.tsv, what known clips get.
# Of a refit refit.csv too, its scores on the test part.
# And, on request, results/finished_model/, with which another workflow listens.
rule assemble_detector:
    input:
        # Another evaluation of the only model is no reason to listen to all again.
        metrics=asked(PLAN.detection.compared),
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
        only=asked(PLAN.detection.only),
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


rule judge_refit:
    input:
        model="results/detections/model.h5",
        thresholds="results/detections/thresholds.tsv",
        metrics=asked(partial(PLAN.detection.of_runs, "metrics.tsv")),
        predictions=asked(partial(PLAN.detection.of_runs, "predictions.tsv")),
        scores=asked(partial(PLAN.detection.refits, "scores.h5")),
    output:
        "results/detections/refit.csv",
    log:
        "logs/judge_refit.log",
    benchmark:
        "results/benchmarks/judge_refit.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        resamples=config["evaluation"]["resamples"],
        seed=config["seed"],
        code=detection_code("judge_refit.py"),
    script:
        "../workflow/scripts/judge_refit.py"


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
