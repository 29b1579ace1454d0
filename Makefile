# Everything a newcomer types. Each target makes .venv by itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEVELOPER := $(VENV)/.developer

.DEFAULT_GOAL := help
.PHONY: help develop backtest paper demo demo-recording test test-all soak live-kills lint lock format engine-image services-image monitor-image simulator clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | awk -F'\t' '{printf "  %-14s %s\n", $$1, $$2}'

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "leanib needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 ..."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "could not make $(VENV): on Debian and Ubuntu run 'apt install python3-venv' first"; exit 2; }
	@echo "installing what strategies need into $(VENV) (once; about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dashboard,testing]'
	@touch $@

$(DEVELOPER): $(STAMP)
	@echo "installing what the project's own tests and guide need into $(VENV) (once; some minutes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

develop: $(DEVELOPER) ## install what working on this project needs; test, lint and docs do it by themselves

ALGORITHM ?= algorithms/daily_momentum

backtest: $(STAMP) ## run a strategy on the sample data (ALGORITHM=algorithms/...)
	@$(BIN)/leanib backtest $(ALGORITHM)

PAPER ?= algorithms/intraday_reversion
DAY ?= 2013-02-25

paper: $(STAMP) ## a strategy trading live on the simulator, orders and fills as they come (PAPER=algorithms/..., DAY=...)
	@$(BIN)/leanib live $(PAPER) --replay $(DAY)

demo: $(STAMP) ## the Interactive Brokers integration on the simulator, told, shown and checked: half a minute
	@$(BIN)/leanib demo

demo-recording: $(STAMP) ## the same, written to docs/images for the README
	@$(BIN)/leanib demo --record docs/images

test: $(DEVELOPER) ## the tests a newcomer runs: under five minutes on two cores
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow and not docker"

test-all: $(DEVELOPER) ## what takes longer or needs Docker
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m "slow or docker"

live-kills: $(DEVELOPER) ## a live strategy killed two hundred times (KILLS=...): no order doubled, none lost
	@$(BIN)/python -m tests.engine.live.kills $(or $(KILLS),200)

soak: $(DEVELOPER) ## 5,000 random fault schedules and 300 kills of a trading program; writes docs/BENCHMARKS.md
	@$(BIN)/python -m tests.faults.soak $(SOAK)

.PHONY: docs docs-serve
docs: $(DEVELOPER) ## the guide as a site in build/site; opens without a server
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet && echo "build/site/index.html"

docs-serve: $(DEVELOPER) ## the guide as a site, shown while you write, at 127.0.0.1:8000
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve

lint: $(DEVELOPER) ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(DEVELOPER) ## let ruff repair what it can
	@$(BIN)/ruff check --fix .

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command "make lock" $(LOCK_OPTIONS)

lock: $(DEVELOPER) ## renew the versions that our images are made of (LOCK_OPTIONS=--upgrade-package=NAME for one)
	@for kind in engine services monitor; do $(LOCK) docker/$$kind/requirements.txt --output-file docker/$$kind/requirements.lock; done

BASE_IMAGE ?= $(or $(shell sed -n 's/^BASE_IMAGE=//p' .env 2>/dev/null),python:3.11-slim)
PIP_OPTIONS ?=
IMAGE_BUILD = docker build --build-arg BASE_IMAGE=$(BASE_IMAGE) --build-arg PIP_OPTIONS="$(PIP_OPTIONS)"

docker/dist/.built: $(STAMP) pyproject.toml $(shell find src -type f -not -name '*.pyc' 2>/dev/null)
	@rm -f docker/dist/leanib-*.whl
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir docker/dist .
	@touch $@

engine-image: docker/dist/.built ## the embedded engine for the lean CLI, as leanib/engine (BASE_IMAGE=...)
	@version=$$(docker run --rm --entrypoint python3 $(BASE_IMAGE) -c 'import sys; print("%d.%d" % sys.version_info[:2])') \
	  && $(IMAGE_BUILD) --build-arg PYTHON_VERSION=$$version --tag leanib/engine --file docker/engine/Dockerfile .

services-image: docker/dist/.built ## simulator and services, as leanib/services (BASE_IMAGE=...)
	@$(IMAGE_BUILD) --tag leanib/services --file docker/services/Dockerfile .

monitor-image: docker/dist/.built ## the monitor with the lean CLI, as leanib/monitor (BASE_IMAGE=...)
	@$(IMAGE_BUILD) --tag leanib/monitor --file docker/monitor/Dockerfile .

simulator: services-image ## the simulator in the Gateway's place, on port 4001
	@$(BIN)/leanib gateway up --simulator

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
