# Needs the scores of new recordings (results/detections) for the queues check and count, held-out
# scores of the model (results/training) for doubt, and the recordings that clips are cut from.
# Makes results/review/: queues/{queue}.csv, clips to be listened to; frames/{queue}.csv, what was
# there when a queue was drawn, by which answers become numbers; and {queue}.html, the page on which
# a person answers, and which hands out verdicts-{queue}-{who}.csv.
# A queue is drawn once: no rule makes one that is there, but that of a search.
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
        round=PLAN.review.undrawn("check", prefixed),
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
        round=PLAN.review.undrawn("count", prefixed),
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
        round=PLAN.review.undrawn("doubt", prefixed),
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
