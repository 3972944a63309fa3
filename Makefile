# Everything runs in .venv, installed from the lock files with their hashes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKFLAGS := --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --quiet
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help up test check lock clean

help: ## say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runs: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.runs

up: $(VENV)/.runs ## run everything on this machine: broker, Redis, worker, wallboard (ARGS="--port 8080")
	$(BIN)/slawatch up $(ARGS)

test: $(VENV)/.installed ## run the tests, two at a time, for many wait for servers (ARGS="-k name")
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: $(VENV)/.installed ## lint, types and the arrows between rooms
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: $(VENV)/.installed ## write the lock files anew from pyproject.toml
	$(BIN)/pip-compile $(LOCKFLAGS) --extra build --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile $(LOCKFLAGS) --extra build --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

clean: ## remove what can be made again
	rm -rf $(VENV) .servers build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
