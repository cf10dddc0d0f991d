# Needs the scores of new recordings (results/detections) for the queues check and count, held-out
# scores of the model (results/training) for doubt; the recordings that clips are cut from; and of
# the user's the annotations and the files of verdicts that the config names.
# For teach and search, embeddings of clips too: of the annotated recordings, and of new ones.
# Makes results/review/: queues/{queue}.csv, clips to be listened to, and frames/{queue}.csv, what
# counts of a season stand on; {queue}.html, the page on which a person answers, and which hands out
# verdicts-{queue}-{who}.csv. And from verdicts: verdicts.csv, all of them, agreement.csv and
# disagreements.csv, counts.csv, thresholds.csv, corrected/, label files to be taken over by copying,
# corrections.csv and yield.csv, and effect.csv, what the corrections did to F1.
# A queue is drawn once: no rule makes one that is there, but that of a search. And candidates.csv,
# clips of new recordings that are looked at more closely, embeddings/{clips}/{day}.h5, and
# suggestions.csv, those to annotate next.
rule draw_check:
    input:
        scores=asked(partial(PLAN.days.of_all, "results/detections/scores/{day}.h5")),
        calibrators="results/detections/calibrators.tsv",
        model="results/detections/model.h5",
        recordings="results/detections/recordings.csv",
    output:
        "results/review/queues/check-{round}.csv",
    log:
        "logs/draw_check/{round}.log",
    benchmark:
        "results/benchmarks/draw_check/{round}.tsv"
    wildcard_constraints:
        round=undrawn("check"),
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        species=SPECIES,
        questions=PLAN.review.questions("check"),
        seed=config["seed"],
        code=detection_code("draw_check.py"),
    script:
        "../workflow/scripts/draw_check.py"


rule draw_count:
    input:
        scores=asked(partial(PLAN.days.of_all, "results/detections/scores/{day}.h5")),
        calibrators="results/detections/calibrators.tsv",
        model="results/detections/model.h5",
    output:
        queue="results/review/queues/count-{round}.csv",
        frame="results/review/frames/count-{round}.csv",
    log:
        "logs/draw_count/{round}.log",
    benchmark:
        "results/benchmarks/draw_count/{round}.tsv"
    wildcard_constraints:
        round=undrawn("count"),
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        species=SPECIES,
        questions=PLAN.review.questions("count"),
        seed=config["seed"],
        code=detection_code("draw_count.py"),
    script:
        "../workflow/scripts/draw_count.py"


rule draw_doubt:
    input:
        metrics=asked(partial(PLAN.review.of_runs, "metrics.tsv")),
        predictions=asked(partial(PLAN.review.of_runs, "predictions.tsv")),
    output:
        queue="results/review/queues/doubt-{round}.csv",
        frame="results/review/frames/doubt-{round}.csv",
    log:
        "logs/draw_doubt/{round}.log",
    benchmark:
        "results/benchmarks/draw_doubt/{round}.tsv"
    wildcard_constraints:
        round=undrawn("doubt"),
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        species=config["species"],
        questions=PLAN.review.questions("doubt"),
        length=config["clips"]["length"],
        code=code("draw_doubt.py"),
    script:
        "../workflow/scripts/draw_doubt.py"


rule choose_candidates:
    input:
        scores=asked(partial(PLAN.days.of_all, "results/detections/scores/{day}.h5")),
        profiles=asked(partial(PLAN.days.of_all, "results/detections/profiles/{day}.tsv")),
        calibrators="results/detections/calibrators.tsv",
        recordings="results/detections/recordings.csv",
        labels=asked(partial(PLAN.detection.learnt_from, "results/labels/original/{shard}.tsv")),
        finished=given(asked(PLAN.detection.finished_tuning)),
        earlier=taught(),
        verdicts=ancient(given(asked(PLAN.review.verdicts))),
    output:
        candidates="results/review/candidates.csv",
        positives="results/review/positives.csv",
    log:
        "logs/choose_candidates.log",
    benchmark:
        "results/benchmarks/choose_candidates.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        species=SPECIES,
        labelling=config["labelling"],
        questions=PLAN.review.questions("teach"),
        verdicts=asked(PLAN.review.verdicts_digest),
        code=detection_code("choose_candidates.py"),
    script:
        "../workflow/scripts/choose_candidates.py"


# Embeddings of new recordings are not kept: they are computed of the clips that are asked for.
rule embed_day:
    input:
        candidates=asked(PLAN.review.candidates, "clips"),
        inspected="results/detections/inspected/{day}.tsv",
        model="results/detections/model.h5",
        networks=asked(
            partial(PLAN.detection.of_backbones, "model.keras", "model.xml", "model.bin")
        ),
        about=asked(partial(PLAN.detection.of_backbones, "about.json")),
        finished=given(asked(PLAN.detection.finished_images)),
        recordings=asked(there_on, "day"),
    output:
        "results/review/embeddings/{clips}/{day}.h5",
    log:
        "logs/embed_day/{clips}/{day}.log",
    benchmark:
        "results/benchmarks/embed_day/{clips}/{day}.tsv"
    wildcard_constraints:
        clips="all|candidates",
    conda:
        "../envs/embedding.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(60),
    params:
        recordings=asked(PLAN.days.rows, "day"),
        files=files_on,
        settings=asked(PLAN.detection.clip_settings),
        min_last=config["clips"]["min_last"],
        dtype=config["embedding"]["dtype"],
        code=detection_code("embed_day.py"),
    script:
        "../workflow/scripts/embed_day.py"


rule suggest_clips:
    input:
        embeddings=asked(partial(PLAN.days.of_all, "results/review/embeddings/candidates/{day}.h5")),
        positives="results/review/positives.csv",
        model="results/detections/model.h5",
        calibrators="results/detections/calibrators.tsv",
        recordings="results/detections/recordings.csv",
    output:
        "results/review/suggestions.csv",
    log:
        "logs/suggest_clips.log",
    benchmark:
        "results/benchmarks/suggest_clips.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        questions=PLAN.review.questions("teach"),
        code=detection_code("suggest_clips.py"),
    script:
        "../workflow/scripts/suggest_clips.py"


rule draw_teach:
    input:
        suggestions="results/review/suggestions.csv",
        model="results/detections/model.h5",
    output:
        "results/review/queues/teach-{round}.csv",
    log:
        "logs/draw_teach/{round}.log",
    benchmark:
        "results/benchmarks/draw_teach/{round}.tsv"
    wildcard_constraints:
        round=undrawn("teach"),
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(800),
        runtime=growing(5),
    params:
        species=SPECIES,
        code=detection_code("draw_teach.py"),
    script:
        "../workflow/scripts/draw_teach.py"


rule search_clips:
    input:
        stored=asked(PLAN.search.stored),
        new=asked(PLAN.search.new),
        recordings=asked(PLAN.search.recordings_tables),
        network=asked(PLAN.search.network),
        finished=given(asked(PLAN.search.finished)),
        example=given(asked(PLAN.search.example)),
        annotations=ancient(given(asked(PLAN.search.annotations))),
    output:
        "results/review/queues/search.csv",
    log:
        "logs/search_clips.log",
    benchmark:
        "results/benchmarks/search_clips.tsv"
    conda:
        "../envs/embedding.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        search=asked(PLAN.search.looked_for),
        backbone=asked(PLAN.search.backbone),
        species=asked(PLAN.search.species),
        clips=asked(PLAN.search.clip_settings),
        channel=asked(PLAN.search.channel),
        recordings=PLAN.recordings.ids,
        settings=PLAN.annotations.settings,
        labelling=config["labelling"],
        annotations=asked(PLAN.search.annotations_digest),
        code=code("search_clips.py", recordings=not PLAN.finished),
    script:
        "../workflow/scripts/search_clips.py"


# What is cut out of recordings stays the same whenever they are listened to again.
rule render_review:
    input:
        queue="results/review/queues/{queue}.csv",
        recordings=ancient(asked(PLAN.review.recordings_tables, "queue")),
    output:
        "results/review/{queue}.html",
    log:
        "logs/render_review/{queue}.log",
    benchmark:
        "results/benchmarks/render_review/{queue}.tsv"
    wildcard_constraints:
        queue=r"(check|count|doubt|teach)-\d+|search",
    conda:
        "../envs/review.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        channel=config["audio"]["channel"],
        channels=asked(PLAN.review.channels, "queue"),
        species=config["species"],
        labelling=config["labelling"],
        context=PLAN.review.settings["context"],
        template=template("review"),
        code=code("render_review.py", recordings=False),
    script:
        "../workflow/scripts/render_review.py"


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


rule check_thresholds:
    input:
        verdicts="results/review/verdicts.csv",
        recordings="results/detections/recordings.csv",
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
        recordings=PLAN.recordings.ids,
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
