# Needs results/review/queues/{queue}.csv, clips to be listened to, and the recordings that they are
# cut from.
# Makes results/review/{queue}.html: one file with sound and spectrograms, in which a person answers
# questions about these clips and which hands out verdicts-{queue}-{who}.csv.
rule render_review:
    input:
        queue="results/review/queues/{queue}.csv",
    output:
        "results/review/{queue}.html",
    log:
        "logs/render_review/{queue}.log",
    benchmark:
        "results/benchmarks/render_review/{queue}.tsv"
    wildcard_constraints:
        queue=r"[\w-]+",
    conda:
        "../envs/review.yaml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        recordings=asked(PLAN.review.recordings),
        species=config["species"],
        labelling=config["labelling"],
        page=asked(PLAN.review.page),
        template=template("review"),
        code=code("render_review.py", recordings=False),
    script:
        "../workflow/scripts/render_review.py"
