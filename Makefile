# The two commands are `make run` and `make test`; the rest is for those who work on the house.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000

.PHONY: run test check bench crash messages catalogues assets system clean

run: $(VENV)/.installed assets
	@.ci/system pango
	@$(BIN)/esclarece init
	@$(BIN)/esclarece demo --once
	@$(BIN)/esclarece serve --host $(HOST) --port $(PORT)

test: $(VENV)/.tested assets
	@.ci/system pango chromium driver poppler
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

bench: $(VENV)/.tested assets
	@$(BIN)/python -m benchmarks $(ARGS)

# 100 kills of the real server during writes (about five minutes); `make test` does a few of them.
crash: $(VENV)/.tested assets
	@ESCLARECE_KILLS=100 $(BIN)/python -m pytest tests/e2e/test_crash.py -s

assets: $(VENV)/.installed
	@.ci/assets
	@$(BIN)/python .ci/messages --compile

# Gather the texts of code and templates into both catalogues.
messages: $(VENV)/.tested
	@$(BIN)/python .ci/messages

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "the venv module is missing: apt install python3-venv"; exit 1; }

$(VENV)/.installed: requirements/run.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing what the office runs on …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.tested: requirements/dev.lock $(VENV)/.installed
	@echo "installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

clean:
	rm -rf $(VENV) node_modules static/build .mypy_cache .ruff_cache .pytest_cache .hypothesis
