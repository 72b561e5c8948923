# Everything a newcomer needs: `make up` to run the portal, `make test` to test it. PYTHON names another Python 3.11+.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
# Tests that have the machine for themselves, those of releases, and all others: what takes longest is begun first, so that no process
# of the run waits at its end.
ALONE := tests/chaos tests/e2e/test_rolling_stop.py
LONG := tests/campaign
FIRST := tests/e2e tests/component
TOGETHER := $(FIRST) $(filter-out $(FIRST) $(ALONE) $(LONG) tests/__pycache__,$(patsubst %/,%,$(wildcard tests/*/)))
SOURCES := contracts chassis services gateway portal simulators deploy tools tests examples

.DEFAULT_GOAL := help
.PHONY: help up reset test campaign check format venv lock audit sbom

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

up: venv ## set up and start the whole portal, until Ctrl-C (TOWN=demo PORT_BASE=8000 replicas=1 traces=1 only=servers)
	@REPLICAS=$(replicas) ONLY=$(only) TRACES=$(traces) exec $(RUN) -m deploy.local up # exec: a signal to make reaches it

reset: venv ## forget the local data; downloads are kept
	@$(RUN) -m deploy.local reset

test: venv ## the whole suite, as it is run before a change lands
	@$(RUN) -m deploy.local jars
	@CHROMIUM="$$($(RUN) -m deploy.local browser)" && export CHROMIUM && \
	{ $(RUN) -m pytest $(TOGETHER) $(ALONE:%=--ignore=%) -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder || \
	{ test $$? -eq 1 && echo "UNSTEADY unless they fail again, one by one:" && $(RUN) -m pytest --last-failed --last-failed-no-failures none -v $(TOGETHER); }; } && \
	$(RUN) -m pytest $(ALONE)

campaign: venv ## the long dose before a release: every page in every way, then faults until enough were injected (injections=500 seed=)
	@$(RUN) -m deploy.local jars
	@CHROMIUM="$$($(RUN) -m deploy.local browser)" && export CHROMIUM && $(RUN) -m pytest $(LONG)
	@$(RUN) -m tools.chaos $(if $(injections),--injections $(injections)) $(if $(seed),--seed $(seed))

check: venv ## the fast part: format, lint, types, imports, contracts, and the tests that need no server
	@$(RUN) -m ruff format --check $(wildcard $(SOURCES))
	@$(RUN) -m ruff check $(wildcard $(SOURCES))
	@$(RUN) -m mypy
	@$(VENV)/bin/lint-imports
	@$(RUN) -m tools.contracts.evolve --check
	@$(RUN) -m pytest tests/unit tests/tidy tests/contracts

format: venv ## format the sources and mend what can be mended
	@$(RUN) -m ruff format $(wildcard $(SOURCES))
	@$(RUN) -m ruff check --fix $(wildcard $(SOURCES))

venv: $(INSTALLED) ## the virtual environment, with the packages of requirements.lock

$(INSTALLED): requirements.lock deploy/local/venv.py
	@command -v $(PYTHON) > /dev/null || { echo "error: no $(PYTHON) here: install Python 3.11 or later, or name one: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m deploy.local.venv
	@touch $@

COMPILE = $$(command -v uv || echo $(VENV)/bin/uv) pip compile --quiet --universal --generate-hashes --no-emit-index-url

lock: ## choose new versions within pyproject.toml (needs uv)
	@$(COMPILE) --upgrade --group simulators --group local --group dev pyproject.toml --output-file requirements.lock
	@$(COMPILE) --constraint requirements.lock pyproject.toml --output-file deploy/requirements-runtime.lock
	@$(COMPILE) --constraint requirements.lock --group simulators --output-file deploy/requirements-simulators.lock
	@if grep -qE 'https?://' requirements.lock deploy/requirements-*.lock; then echo "error: a lock file names a host" >&2; exit 1; fi

audit: venv ## look the pinned packages up in a public list of known vulnerabilities (needs the network)
	@$(RUN) -m tools.audit $(if $(where_reachable),--where-reachable)

sbom: venv ## write docs/security/sbom.cdx.json from the lock files
	@$(RUN) -m tools.sbom
