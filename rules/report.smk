# Needs results/summary.csv and the tables that it stands on, head.keras and scores.h5 of the runs.
# Makes results/provenance.json, where each row of the summary comes from, and results/report/, the
# pages that `make report` puts into results/report.html with the figures: overview, which it opens
# with, scores, setup, model_card, and one for each table.
rule trace_runs:
    input:
        heads=of_runs("head.keras"),
        scores=of_runs("scores.h5"),
        metrics=of_runs("metrics.tsv"),
        networks=expand("results/backbones/{backbone}/model.bin", backbone=PLAN.runs.backbones),
        recordings="results/recordings.csv",
    output:
        "results/provenance.json",
    log:
        "logs/trace_runs.log",
    benchmark:
        "results/benchmarks/trace_runs.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        runs=asked(PLAN.runs.rows),
        folders=[prefixed(f"results/training/{run.folder}") for run in RUNS],
        commands=asked(commands),
        backbones=PLAN.runs.backbones,
        annotations=asked(PLAN.annotations.digests),
        config=PLAN.trained_config,
        evaluation=code("evaluate_model.py"),
        code=code("trace_runs.py"),
    script:
        "../workflow/scripts/trace_runs.py"


rule write_overview:
    input:
        metrics=of_runs("metrics.tsv"),
        predictions=of_runs("predictions.tsv"),
        intervals="results/tables/intervals.csv",
        field=["results/tables/field.csv"] if PLAN.runs.calibrated() else [],
        recordings="results/recordings.csv",
    output:
        report(
            "results/report/overview.html",
            category="Overview",
            caption="../workflow/report/page.rst",
            labels={"page": "how well each species is found, and what to do next"},
        ),
    log:
        "logs/write_overview.log",
    benchmark:
        "results/benchmarks/write_overview.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        project=config["project"],
        species=config["species"],
        doubts=asked(PLAN.review.doubts_page),
        pages=report_pages.further(PLAN.report.all_tables()),
        template=template("overview"),
        code=code("write_overview.py"),
    script:
        "../workflow/scripts/write_overview.py"


rule render_scores:
    input:
        summary="results/summary.csv",
        provenance="results/provenance.json",
    output:
        report(
            "results/report/scores.html",
            category="Scores",
            caption="../workflow/report/page.rst",
            labels={"page": "all scores, and where each comes from"},
        ),
    log:
        "logs/render_scores.log",
    benchmark:
        "results/benchmarks/render_scores.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        project=config["project"],
        species=SPECIES,
        caption=caption("scores"),
        template=template("table"),
        code=code("render_scores.py"),
    script:
        "../workflow/scripts/render_scores.py"


rule render_table:
    input:
        asked(report_pages.source, "table"),
    output:
        report(
            "results/report/{table}.html",
            category=asked(report_pages.category, "table"),
            caption="../workflow/report/page.rst",
            labels={"page": "{table}"},
        ),
    log:
        "logs/render_table/{table}.log",
    benchmark:
        "results/benchmarks/render_table/{table}.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        about=asked(report_pages.about, "table"),
        caption=asked(caption, "table"),
        template=template("table"),
        code=code("render_table.py"),
    script:
        "../workflow/scripts/render_table.py"


rule render_setup:
    input:
        provenance="results/provenance.json",
        recordings="results/recordings.csv",
    output:
        report(
            "results/report/setup.html",
            category="Set-up",
            caption="../workflow/report/page.rst",
            labels={"page": "config, versions, machines"},
        ),
    log:
        "logs/render_setup.log",
    benchmark:
        "results/benchmarks/render_setup.tsv"
    conda:
        "../envs/planning.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        caption=caption("setup"),
        template=template("setup"),
        code=code("render_setup.py"),
    script:
        "../workflow/scripts/render_setup.py"


rule write_model_card:
    input:
        metrics=of_runs("metrics.tsv"),
        clips=of_runs("clips.tsv"),
        provenance="results/provenance.json",
        intervals="results/tables/intervals.csv",
        labelling="results/tables/labelling.csv",
        calibration=["results/tables/calibration.csv"] if PLAN.runs.calibrated() else [],
        recordings="results/recordings.csv",
        annotations="results/annotations.csv",
    output:
        report(
            "results/report/model_card.html",
            category="Model card",
            caption="../workflow/report/page.rst",
            labels={"page": "the best model by validation"},
        ),
    log:
        "logs/write_model_card.log",
    benchmark:
        "results/benchmarks/write_model_card.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=config["species"],
        settings={key: config[key] for key in ("audio", "clips", "spectrogram", "labelling")}
        | {"round": config["review"]["round"], "doubts": PLAN.review.questions("doubt")},
        caption=caption("model_card"),
        template=template("model_card"),
        code=code("write_model_card.py"),
    script:
        "../workflow/scripts/write_model_card.py"
