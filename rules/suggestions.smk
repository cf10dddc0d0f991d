# Needs the scores of new recordings and the model (results/detections), the labels that it learnt
# from, embeddings of annotated recordings for a search, and of the user's an example or a label.
# Makes results/review/: candidates.csv, clips of new recordings that are looked at more closely,
# embeddings/{clips}/{day}.h5, suggestions.csv, those to annotate next, and the queues teach-{round}
# and search of queues/; rules/review.smk makes their pages.
rule choose_candidates:
    input:
        scores=asked(partial(PLAN.days.of_all, "results/detections/scores/{day}.h5")),
        profiles=asked(partial(PLAN.days.of_all, "results/detections/profiles/{day}.tsv")),
        calibrators="results/detections/calibrators.tsv",
        recordings="results/detections/recordings.csv",
        labels=asked(partial(PLAN.detection.learnt_from, "results/labels/original/{shard}.tsv")),
        finished=given(asked(PLAN.detection.finished_tuning)),
        earlier=PLAN.review.taught(prefixed),
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
        brought=asked(brought_on, "day"),
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
        round=PLAN.review.undrawn("teach", prefixed),
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
        recordings=asked(PLAN.recordings.every_id),
        settings=PLAN.annotations.settings,
        labelling=config["labelling"],
        annotations=asked(PLAN.search.annotations_digest),
        code=code("search_clips.py", recordings=not PLAN.finished),
    script:
        "../workflow/scripts/search_clips.py"
