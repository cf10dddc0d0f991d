# Every package that jobs need, in the versions of requirements.lock, and Snakemake itself, for
# Kubernetes; see docs/containers.md. The project is not in it: jobs bring theirs.
#   docker build -t anurans:0.1.0 .
FROM python:3.12-slim-bookworm

# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /build
COPY pyproject.toml requirements.lock requirements-s3.lock ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > direct.txt \
    && pip install --no-cache-dir --constraint requirements.lock --requirement direct.txt \
    && pip install --no-cache-dir --constraint requirements-s3.lock snakemake-storage-plugin-s3

RUN useradd --create-home --uid 1000 anurans
USER 1000
WORKDIR /workdir
