# Two commands are enough: `make run` and `make test`. `make help` lists the rest.

PYTHON ?= python3
SETUP := $(PYTHON) config/run/bootstrap.py
BIN := .venv/bin
PY := $(BIN)/python
BESIDE := $(PY) -m tests.services $(PY)
TEST_ARGS ?=
LOCK := -q --no-strip-extras --generate-hashes --python-version 3.11 --no-header --no-emit-index-url
ARGS ?= help

.DEFAULT_GOAL := help
.PHONY: help install dev run services manage test check format lint types contracts templates translations migrations system schema-check map-check \
        fix map promises product requirements schema lock messages bench bench-risk bench-erasure geo

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Start

install: ## Set up .venv with what runs
	@$(SETUP)

dev: ## Set up .venv with what checks as well
	@$(SETUP) --dev

run: install ## Start Kumquat, with its own PostgreSQL and Valkey (PORT=, KUMQUAT_VAR=, PUBLIC_URL=, DEMO=0)
	@exec $(PY) -m config.run --with-parent

services: install ## Start its PostgreSQL and Valkey alone, as for a restore
	@exec $(PY) -m config.run --with-parent --services

manage: install ## Run a management command on what `make run` started (ARGS="operator")
	@$(PY) -m config.run.manage $(ARGS)

# Test

test: dev ## Run every test (TEST_ARGS= for pytest's own)
	@$(PY) -m pytest -n 2 --dist loadgroup $(TEST_ARGS)

bench: dev ## Put a load on a running server and print what it bears
	@$(PY) bench/run.py

bench-risk: dev ## Make sign-ins of several populations and print which attackers are caught
	@$(PY) -m bench.risk.run $(BENCH_ARGS)

bench-erasure: dev ## Kill workers twenty times at every step of an erasure, a copy and a reapplication
	FAULT_TIMES=20 $(PY) -m pytest -n 0 -q tests/privacy/test_faults.py

geo: dev ## Make the databases of places anew from what is published (needs npm)
	@$(PY) -m rba.places.making

# Check: what CI checks besides the tests

check: format lint types contracts templates translations system migrations map-check schema-check ## Run every check below
	@echo "Everything checked."

format: dev ## Python is formatted
	$(BIN)/ruff format --check --quiet .

lint: dev ## ruff finds nothing
	$(BIN)/ruff check --quiet .

types: dev ## mypy finds nothing
	$(PY) -m tests.services $(BIN)/mypy

contracts: dev ## Imports go downwards
	$(BIN)/lint-imports --no-logo

templates: dev ## Templates are formatted
	@git ls-files -z '*.html' | xargs -0 -r $(BIN)/djade --check --target-version 5.2

translations: dev ## locale/ holds every text, translated and compiled
	$(BESIDE) -m pytest -q tests/test_translations.py

system: dev ## Django's checks and ours, the data map among them
	$(BESIDE) manage.py check --fail-level WARNING

migrations: dev ## Every change of a model has its migration
	$(BESIDE) manage.py makemigrations --check --dry-run

map-check: dev ## docs/architecture.md names every module
	$(BESIDE) -m pytest -q tests/test_architecture.py

schema-check: dev ## docs/openapi.yaml is what the code says
	$(BESIDE) manage.py spectacular --validate --fail-on-warn | diff -u docs/openapi.yaml -

# Repair and write

fix: dev ## Format, and repair what can be repaired
	-@git ls-files -z '*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

map: dev ## Write docs/architecture.md from the modules' first lines
	$(PY) -m tests.map

promises: dev ## Write docs/promises.md from the marks of the tests
	$(PY) -m tests.promises

product: dev ## Write docs/product.md from the marks of the tests
	$(PY) -m tests.product

requirements: dev ## Write docs/privacy/requirements.md from the marks of the tests
	$(PY) -m tests.requirements

schema: dev ## Write docs/openapi.yaml
	$(BESIDE) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

lock: dev ## Pin again what pyproject.toml asks for (extras kept, for pip wants them)
	$(BIN)/uv pip compile pyproject.toml $(LOCK) -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml $(LOCK) --group dev -c requirements.txt -o requirements-dev.txt

messages: dev ## Collect texts into locale/ and compile them (needs gettext)
	$(BESIDE) manage.py makemessages --locale nb --no-location --no-wrap --no-obsolete --ignore var --ignore bench --ignore tests
	$(BESIDE) manage.py compilemessages --locale nb --ignore .venv --ignore var
