# The daily commands. `make` alone lists them. Nothing needs to be installed first but make and Python 3.11 or later:
# each command makes .venv when it has to, and brings it up to date when pyproject.toml or constraints.txt changed.
#   make PYTHON=python3.12 test    chooses the interpreter of a new .venv
#   make check TESTS="-k retry"    gives pytest more arguments

VENV := .venv
RUN := $(VENV)/bin/python
STAMP := $(VENV)/.stamp
PYTHON ?=
TESTS ?=
SECONDS ?= 60
PYTEST := $(RUN) -m pytest -n 2
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
SOURCES := src tests tools $(wildcard benchmarks)

export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
# The tests start hundreds of processes: to compile everything anew in each takes longer than all else that they do.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help venv demo test check lint types arrows format api soak bench fuzz constraints clean

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(STAMP)  ## run the main job: three clients through a calm and a stormy backend
	$(VENV)/bin/seawall demo --headless

test: lint types arrows  ## everything: lint, types, arrows and all tests (within 10 minutes on 2 cores)
	@-tools/debian.sh nginx nginx haproxy haproxy tinyproxy tinyproxy-bin
	$(PYTEST) -m "not soak" $(TESTS) tests

check: lint types arrows  ## for daily work: lint, types, arrows, unit and architecture tests (under a minute)
	$(PYTEST) -q -m "not soak" $(TESTS) $(wildcard tests/unit) tests/architecture

lint: $(STAMP)  ## ruff: rules and format; our own lint; the demo's error contract
	$(RUN) -m ruff check $(SOURCES)
	$(RUN) -m ruff format --check $(SOURCES)
	$(VENV)/bin/seawall lint src
	$(VENV)/bin/seawall codes check
	$(VENV)/bin/seawall codes gen --check
	$(VENV)/bin/seawall l10n check src/seawall_demo/console/messages

types: $(STAMP)  ## mypy --strict and pyright
	$(RUN) -m mypy
	$(RUN) -m pyright

arrows: $(STAMP)  ## import-linter (who may import whom) and the house rules
	$(VENV)/bin/lint-imports --no-logo
	$(RUN) -m tools.house

format: $(STAMP)  ## let ruff write the format and the repairs that are safe
	$(RUN) -m ruff check --fix-only $(SOURCES)
	$(RUN) -m ruff format $(SOURCES)

api: $(STAMP)  ## write the public API down again in api.txt, and the reference of errors
	$(RUN) -m tools.api_snapshot
	$(RUN) -m tools.error_reference
	$(RUN) -m tools.lint_reference
	$(RUN) -m tools.state_diagram

soak: $(STAMP)  ## the long tests
	$(PYTEST) -m soak --timeout 1800 $(TESTS) tests

fuzz: $(VENV)/.fuzz  ## look for bytes that our reader of responses takes wrongly, for SECONDS=60
	$(RUN) -m tests.fuzz.wire_atheris --seconds $(SECONDS)

bench: $(VENV)/.bench  ## what a call and an error cost beside other packages (all of benchmarks.compare: run it without --quick)
	$(RUN) -m benchmarks.overhead
	$(RUN) -m benchmarks.problems
	$(RUN) -m benchmarks.contract
	$(RUN) -m benchmarks.compare --quick

constraints:  ## pin the newest versions that pyproject.toml allows
	tools/venv.sh build/newest "$(PYTHON)"
	build/newest/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[dev,bench,fuzz]"
	build/newest/bin/python -m pip freeze --exclude-editable > constraints.txt
	rm -rf build/newest

clean:  ## remove .venv, caches and what was built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

venv: $(STAMP)  ## make .venv with all that the commands need

$(STAMP): pyproject.toml constraints.txt
	tools/venv.sh $(VENV) "$(PYTHON)"
	$(INSTALL) --editable ".[dev]"
	echo "$(CURDIR)" > $@

$(VENV)/.fuzz: $(STAMP)
	$(INSTALL) --editable ".[dev,fuzz]"
	touch $@

$(VENV)/.bench: $(STAMP) benchmarks/niquests.txt
	tools/debian.sh nginx nginx-light
	$(INSTALL) --editable ".[dev,bench]"
	$(RUN) -m venv --clear $(VENV)/niquests
	$(VENV)/niquests/bin/python -m pip install --quiet --disable-pip-version-check --requirement benchmarks/niquests.txt
	touch $@

# A folder that was copied or moved together with its .venv needs a new one, since the old one points to the old place; so
# does one whose Python is gone.
ifneq ($(shell $(RUN) -c pass 2>/dev/null && cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif
