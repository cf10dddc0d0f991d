# Needs the recordings, events and answers of results/detections, results/recordings.csv, the
# annotation source, and of the user's the table of sites.
# Makes of results/exports/: raven.txt and kaleidoscope.csv, all events in one table; season/ and
# annotations/, data packages; occurrences.csv, Darwin Core; left_out.csv, what is in none; and
# exports.csv, what is there, and why something is not. Files of another config's exports go.
rule write_selections:
    input:
        model="results/detections/model.h5",
        events="results/detections/events.csv",
        recordings="results/detections/recordings.csv",
    output:
        raven="results/exports/raven.txt",
        kaleidoscope="results/exports/kaleidoscope.csv",
    log:
        "logs/write_selections.log",
    benchmark:
        "results/benchmarks/write_selections.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        code=detection_code("write_selections.py"),
    script:
        "../workflow/scripts/write_selections.py"


rule package_season:
    input:
        model="results/detections/model.h5",
        events="results/detections/events.csv",
        recordings="results/detections/recordings.csv",
        sites=given(asked(PLAN.exports.site_table)),
        answers=asked(partial(PLAN.exports.with_verdicts, "results/detections/answers.tsv")),
    output:
        package="results/exports/season/datapackage.json",
        deployments="results/exports/season/deployments.csv",
        media="results/exports/season/media.csv",
        observations="results/exports/season/observations.csv",
    log:
        "logs/package_season.log",
    benchmark:
        "results/benchmarks/package_season.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        species=config["species"],
        project=config["project"],
        export=PLAN.exports.named,
        columns=config["export"]["site_columns"],
        places=asked(PLAN.exports.places),
        sources=PLAN.exports.sources(),
        code=detection_code("package_season.py"),
    script:
        "../workflow/scripts/package_season.py"


rule package_annotations:
    input:
        recordings="results/recordings.csv",
        sites=given(asked(PLAN.exports.site_table)),
        annotations=ancient(given(asked(PLAN.annotations.path))),
    output:
        package="results/exports/annotations/datapackage.json",
        deployments="results/exports/annotations/deployments.csv",
        media="results/exports/annotations/media.csv",
        observations="results/exports/annotations/observations.csv",
    log:
        "logs/package_annotations.log",
    benchmark:
        "results/benchmarks/package_annotations.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        species=config["species"],
        project=config["project"],
        recordings=asked(PLAN.recordings.every_id),
        settings=PLAN.annotations.settings,
        annotations=asked(PLAN.annotations.counts),
        digest=asked(PLAN.annotations.digest),
        export=PLAN.exports.named,
        columns=config["export"]["site_columns"],
        places=asked(PLAN.exports.places),
        code=code("package_annotations.py"),
    script:
        "../workflow/scripts/package_annotations.py"


rule write_occurrences:
    input:
        recordings="results/detections/recordings.csv",
        answers=asked(partial(PLAN.exports.with_verdicts, "results/detections/answers.tsv")),
    output:
        "results/exports/occurrences.csv",
    log:
        "logs/write_occurrences.log",
    benchmark:
        "results/benchmarks/write_occurrences.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=config["species"],
        project=config["project"],
        export=PLAN.exports.named,
        places=asked(PLAN.exports.places),
        code=detection_code("write_occurrences.py"),
    script:
        "../workflow/scripts/write_occurrences.py"


rule list_left_out:
    input:
        recordings="results/detections/recordings.csv",
        events=asked(partial(PLAN.exports.with_verdicts, "results/detections/events.csv")),
        answers=asked(partial(PLAN.exports.with_verdicts, "results/detections/answers.tsv")),
    output:
        "results/exports/left_out.csv",
    log:
        "logs/list_left_out.log",
    benchmark:
        "results/benchmarks/list_left_out.tsv"
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=SPECIES,
        places=asked(PLAN.exports.places),
        code=detection_code("list_left_out.py"),
    script:
        "../workflow/scripts/list_left_out.py"


rule list_exports:
    output:
        "results/exports/exports.csv",
    log:
        "logs/list_exports.log",
    benchmark:
        "results/benchmarks/list_exports.tsv"
    # What must not be passed on goes before anything is made.
    priority: 20
    conda:
        "../envs/analysis.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
    params:
        exports=asked(PLAN.exports.listed),
        former=former_exports(),
        code=code("list_exports.py", recordings=False),
    script:
        "../workflow/scripts/list_exports.py"
