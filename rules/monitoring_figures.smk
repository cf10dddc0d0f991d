# Needs results/monitoring, tables of who called when and of drift, and results/detections.
# Makes results/monitoring/{calendar,season,night,sun,drift}.svg and .png.
rule plot_calendar:
    input:
        activity="results/monitoring/activity.csv",
        drift="results/monitoring/drift_nights.csv",
    output:
        svg=report(
            "results/monitoring/calendar.svg",
            category="Calling",
            caption="../workflow/report/plot_calendar.rst",
            labels={"figure": "calls by night and hour"},
        ),
        png="results/monitoring/calendar.png",
    log:
        "logs/plot_calendar.log",
    benchmark:
        "results/benchmarks/plot_calendar.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=config["species"],
        code=detection_code("plot_calendar.py"),
    script:
        "../workflow/scripts/plot_calendar.py"


rule plot_season:
    input:
        dates="results/monitoring/dates.csv",
        drift="results/monitoring/drift_nights.csv",
    output:
        svg=report(
            "results/monitoring/season.svg",
            category="Calling",
            caption="../workflow/report/plot_season.rst",
            labels={"figure": "calls by night"},
        ),
        png="results/monitoring/season.png",
    log:
        "logs/plot_season.log",
    benchmark:
        "results/benchmarks/plot_season.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=config["species"],
        code=detection_code("plot_season.py"),
    script:
        "../workflow/scripts/plot_season.py"


rule plot_night:
    input:
        "results/monitoring/hours.csv",
    output:
        svg=report(
            "results/monitoring/night.svg",
            category="Calling",
            caption="../workflow/report/plot_night.rst",
            labels={"figure": "calls by hour of the night"},
        ),
        png="results/monitoring/night.png",
    log:
        "logs/plot_night.log",
    benchmark:
        "results/benchmarks/plot_night.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=config["species"],
        code=detection_code("plot_night.py"),
    script:
        "../workflow/scripts/plot_night.py"


rule plot_sun:
    input:
        "results/monitoring/sun.csv",
    output:
        svg=report(
            "results/monitoring/sun.svg",
            category="Calling",
            caption="../workflow/report/plot_sun.rst",
            labels={"figure": "calls by sunset and sunrise"},
        ),
        png="results/monitoring/sun.png",
    log:
        "logs/plot_sun.log",
    benchmark:
        "results/benchmarks/plot_sun.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        species=config["species"],
        code=detection_code("plot_sun.py"),
    script:
        "../workflow/scripts/plot_sun.py"


rule plot_drift:
    input:
        model="results/detections/model.h5",
        training="results/monitoring/training.tsv",
        drift="results/monitoring/drift.csv",
        profiles=asked(partial(PLAN.days.of_all, "results/detections/profiles/{day}.tsv")),
    output:
        svg=report(
            "results/monitoring/drift.svg",
            category="Drift",
            caption="../workflow/report/plot_drift.rst",
            labels={"figure": "distance from the training recordings"},
        ),
        png="results/monitoring/drift.png",
    log:
        "logs/plot_drift.log",
    benchmark:
        "results/benchmarks/plot_drift.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        sr=config["audio"]["sr"],
        code=detection_code("plot_drift.py"),
    script:
        "../workflow/scripts/plot_drift.py"
