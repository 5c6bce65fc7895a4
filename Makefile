# make lab    JupyterLab on the tour notebook; `make lab FILE=crash.tar.gz` opens that file
# make test   everything that must hold before a commit
# The other targets are parts of these two, or for who works on triage: see CONTRIBUTING.md.

SHELL := /bin/sh
# One after the other, but for what `make test` begins together.
ifndef TOGETHER
.NOTPARALLEL:
endif
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
# By the environment, so that what pip builds in isolation keeps to it too; relative, since spaces would split the path.
PIP := PIP_CONSTRAINT=constraints.txt $(PY) -m pip --disable-pip-version-check install -qq
# Kernels must find this environment's programs first.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# A program that keeps no bytecode compiles all of triage at each start, and there are hundreds of starts.
export PYTHONDONTWRITEBYTECODE :=

TOUR := notebooks/01_open_a_bundle.ipynb
# As it was typed: a dollar in a file's name is not a variable.
override FILE := $(value FILE)
export FILE
LAB_ARGS ?=
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] && echo --allow-root)
STATIC := widgets/triage_widgets/static
NODE := $(shell node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 && echo yes)

.PHONY: help lab test lint types javascript unit notebooks browser soak bench render bundle constraints clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

$(PY):
	@PYTHON="$(PYTHON)" .ci/venv $(VENV)

$(VENV)/lab.stamp: $(PY) pyproject.toml constraints.txt
	@echo "== install: triage and JupyterLab (a minute, the first time)"
	@$(PIP) --editable '.[lab,zstd]'
	@touch $@

$(VENV)/dev.stamp: $(PY) pyproject.toml constraints.txt
	@echo "== install: triage, JupyterLab and the test tools (a minute or two, the first time)"
	@$(PIP) --no-compile --editable '.[lab,zstd,symbols,fast,cluster,remote,dev]'
	@touch $(VENV)/lab.stamp $@

lab: $(VENV)/lab.stamp
	@if [ -n "$$FILE" ]; then exec $(BIN)/triage open "$$FILE"; \
	else exec $(BIN)/jupyter lab $(AS_ROOT) --LabApp.default_url=/lab/tree/$(TOUR) $(LAB_ARGS); fi

test:
	@$(MAKE) --no-print-directory -j2 TOGETHER=yes javascript lint types
	@$(MAKE) --no-print-directory unit notebooks browser
	@echo "== all passed"

lint: $(VENV)/dev.stamp
	@echo "== lint"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format ."; exit 1; }

types: $(VENV)/dev.stamp
	@echo "== types"
	@$(BIN)/mypy --strict --num-workers 2

ifeq ($(NODE),yes)
javascript: widgets/node_modules/.package-lock.json
	@echo "== javascript: types, and the committed bundle byte by byte"
	@cd widgets && npm run --silent typecheck
	@old=$$(mktemp -d) && cp -R $(STATIC)/. "$$old" && (cd widgets && npm run --silent build) && \
	if diff -r "$$old" $(STATIC) >/dev/null; then rm -rf "$$old"; else rm -rf "$$old"; \
	echo "$(STATIC) was not what widgets/src builds. It is now: look at the difference and commit it."; exit 1; fi
else
javascript:
	@echo "== javascript: skipped, no Node 18 or newer with npm here; the committed bundle is used"
endif

unit: $(VENV)/dev.stamp
	@echo "== unit tests"
	@$(PY) -m pytest -q -n auto --dist worksteal -m "not browser"

notebooks: $(VENV)/dev.stamp
	@echo "== notebooks: run again, outputs compared"
	@$(PY) -m pytest -q --nbval --nbval-current-env --nbval-sanitize-with notebooks/sanitize.cfg -n 2 --dist loadfile notebooks/*.ipynb

browser: $(VENV)/dev.stamp
	@echo "== browser tests"
	@$(PY) -m tests.tools.chromium
	@$(PY) -m pytest -q -n 2 --dist worksteal -m browser tests/browser

# Long: thousands of examples for every property, every cut of every sample.
soak: $(VENV)/dev.stamp
	@HYPOTHESIS_PROFILE=soak $(PY) -m pytest -q -m "not browser"

bench: $(VENV)/dev.stamp
	@$(PY) -m pytest -q -s tests/benchmarks/bench_*.py

render: $(VENV)/dev.stamp
	@$(PY) -m notebooks.render

widgets/node_modules/.package-lock.json: widgets/package.json widgets/package-lock.json
	@cd widgets && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json

bundle: widgets/node_modules/.package-lock.json
	@cd widgets && npm run --silent typecheck && npm run --silent build

# A clean environment with the newest of everything, then what is in it, pinned.
constraints:
	@PYTHON="$(PYTHON)" .ci/venv build/constraints
	@build/constraints/bin/python -m pip --disable-pip-version-check install -qq --editable '.[lab,zstd,symbols,fast,cluster,remote,dev]' hatchling
	@build/constraints/bin/python tests/tools/constraints.py > build/constraints.txt
	@mv build/constraints.txt constraints.txt && rm -rf build/constraints
	@echo "constraints.txt is new: run make test, then commit it"

clean:
	rm -rf $(VENV) build dist .browser .benchmarks .hypothesis .mypy_cache .pytest_cache .ruff_cache widgets/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
