# Needs GNU make, Python 3.11 or newer and a JDK 17 or 21. The rest is set up in .venv, once.
PYTHON ?= python3
VENV := .venv
UV := $(VENV)/uv/bin/uv
BIN := $(VENV)/bin

# With COVERAGE=yes tests add to what is known to be run; see `make coverage`.
COVERAGE ?=
MEASURED := $(if $(COVERAGE),--cov --cov-append --cov-report=)

# Without compiled bytecode every command starts two to three times slower.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup setup-s3 run airflow test test-long coverage lint format docs lock clean
.DEFAULT_GOAL := help

help: ## what can be made
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: $(VENV)/.jars $(VENV)/.seed ## the environment; costs nothing once it is there

setup-s3: $(VENV)/.jars-s3 ## adds what a lake on S3 needs (700 MB)

run: setup ## from the landing folder to extracts through Airflow, on samples unless SIANG_LANDING is set
	@$(BIN)/siang airflow run

airflow: setup ## Airflow with its page, until Ctrl-C
	@$(BIN)/siang airflow serve

test: setup ## the tests that need no real data
	@$(BIN)/python -m pytest $(MEASURED) -m "not real and not long" -n 2 --dist loadfile

test-long: setup ## those that take minutes each
	@$(BIN)/python -m pytest $(MEASURED) -m "long and not real"

coverage: setup ## the share of branches that tests ran with COVERAGE=yes; fails below 90 % of a package
	@for package in jobs lake nlp schemas; do \
	  printf '%s ' $$package; \
	  $(BIN)/python -m coverage report --include="$$package/*" --format=total --precision=1 --fail-under=90 || exit 1; \
	done

lint: setup ## style, layers and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/pyright

format: setup ## rewrites the code in the one style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(VENV)/.docs ## the documentation in site/, with its links checked; builds without a network
	@# With --quiet the warnings that strict mode stops at are not counted.
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --clean
	@echo "site/index.html"

lock: $(VENV)/.uv ## requirements.lock and setup/docs.txt from pyproject.toml: names, versions and hashes only
	@$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --group dev \
	  --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	@$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --group pyproject.toml:docs \
	  --constraints requirements.lock --no-annotate --custom-compile-command "make lock" -o setup/docs.txt

clean: ## removes the environment and everything made from samples or landed files (.venv, .siang)
	@[ ! -x $(BIN)/siang ] || $(BIN)/siang spark stop || true
	rm -rf $(VENV) .siang site .coverage* .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.uv: setup/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python is older than 3.11: set PYTHON to a newer one, as in make PYTHON=python3.12 setup.")'
	@echo "Setting up the environment in $(VENV)"
	@$(PYTHON) -m venv --without-pip $(VENV)
	@$(PYTHON) -m venv $(VENV)/uv
	@$(VENV)/uv/bin/python -m pip install -q --require-hashes --only-binary :all: -r setup/uv.txt
	@touch $@

$(VENV)/.packages: requirements.lock pyproject.toml $(VENV)/.uv
	@$(UV) pip sync -q --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q jobs lake nlp samples schemas
	@touch $@

# The models that every lake starts with are learnt from the corpus: half a minute, again when what they learn from or
# the code that reads texts has changed.
$(VENV)/.seed: $(VENV)/.packages $(shell find nlp schemas -name '*.py' -o -name '*.csv' -o -name '*.jsonl' -o -name '*.yaml')
	@$(BIN)/python -m nlp.seed_models
	@touch $@

$(VENV)/.docs: setup/docs.txt $(VENV)/.packages
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r setup/docs.txt
	@touch $@

$(VENV)/.jars $(VENV)/.jars-s3: setup/jars.txt setup/jars.py $(VENV)/.packages
	@$(BIN)/python setup/jars.py $(if $(findstring s3,$@),s3,delta) $(VENV)/jars
	@touch $@
