# Targets by name, one per stage. Needs and makes what their rules below do. The last four answer a
# question: they have neither output nor benchmark, which would count as made and up to date, so that
# they run whenever they are asked. start writes a config and its tables, suggest_salt
# results/checks/salts.csv, runs results/checks/runs.csv, status nothing.
rule summary:
    input:
        "results/summary.csv",


rule clips:
    input:
        "results/recordings.csv",
        asked(PLAN.datasets.kept_clips),


rule labels:
    input:
        expand("results/labels/{technique}/{shard}.tsv", technique=TECHNIQUES, shard=SHARDS),
        "results/annotations.csv",


rule spectrograms:
    input:
        "results/recordings.csv",
        expand("results/spectrograms/{technique}/{shard}.h5", technique=TECHNIQUES, shard=SHARDS),


rule embeddings:
    input:
        "results/recordings.csv",
        PLAN.datasets.embeddings(),


rule training:
    input:
        asked(PLAN.runs.trainings),


rule models:
    input:
        asked(PLAN.runs.models),


rule tables:
    input:
        PLAN.report.tables(),


rule figures:
    input:
        PLAN.report.figures(),
        PLAN.study.figures(),


rule pages:
    input:
        report_pages.pages(PLAN.report.all_tables()),


rule detect:
    input:
        asked(PLAN.detection.detections),
        "results/files_not_read.csv",


rule monitoring:
    input:
        asked(PLAN.detection.monitoring),


rule export:
    input:
        asked(PLAN.exports.files),


rule review:
    input:
        asked(partial(PLAN.review.all, prefixed)),


rule suggest:
    input:
        asked(PLAN.review.suggested),


rule search:
    input:
        asked(PLAN.search.all),


rule start:
    log:
        "logs/start.log",
    localrule: True
    conda:
        "../envs/audio.yaml"
    params:
        settings=asked(PLAN.start),
        code=CODE.digest("start.py"),
    script:
        "../workflow/scripts/start.py"


rule suggest_salt:
    input:
        annotations=ancient(given(asked(PLAN.annotations.path))),
    log:
        "logs/suggest_salt.log",
    localrule: True
    conda:
        "../envs/audio.yaml"
    params:
        path=prefixed("results/checks/salts.csv"),
        recordings=asked(PLAN.recordings.rows),
        settings=PLAN.annotations.settings,
        splits=asked(PLAN.splits.settings),
        length=config["clips"]["length"],
        code=code("suggest_salt.py"),
    script:
        "../workflow/scripts/suggest_salt.py"


rule runs:
    input:
        asked(aside),
    log:
        "logs/runs.log",
    localrule: True
    conda:
        "../envs/planning.yaml"
    params:
        path=prefixed("results/checks/runs.csv"),
        runs=asked(PLAN.runs.rows),
        refits=asked(PLAN.detection.refit_rows),
        recordings=asked(PLAN.recordings.rows),
        tables=[prefixed(table) for table in shards("results/recordings/{shard}.tsv")],
        techniques=TECHNIQUES,
        settings=asked(PLAN.costs.settings),
        species=len(SPECIES),
        snakefile=workflow.main_snakefile,
        run=asked(this_run),
        code=code("runs.py"),
    script:
        "../workflow/scripts/runs.py"


rule status:
    input:
        asked(aside),
    log:
        "logs/status.log",
    localrule: True
    conda:
        "../envs/planning.yaml"
    params:
        snakefile=workflow.main_snakefile,
        run=asked(this_run),
        code=code("status.py"),
    script:
        "../workflow/scripts/status.py"
