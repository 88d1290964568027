# Gridwell. `make help` lists what there is; everything else is Python in tools/.
# Needs make and Python 3.11 or newer. Node and gettext are used where the machine has them.

PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)
ifdef UV
INSTALL = $(UV) pip install -q --python $(BIN)/python
else
INSTALL = $(BIN)/python -m pip install -q --disable-pip-version-check
endif
DEMO := GRIDWELL_HOME=$(CURDIR)/var/demo GRIDWELL_DEMO=1

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev frontend demo demo-reset test lint format bench advisories messages wheel pictures

help:  ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMPS)/run $(STAMPS)/project frontend gridwell/locale/zh_Hans/LC_MESSAGES/django.mo  ## Make .venv and build what is needed to run

setup-dev: setup $(STAMPS)/dev  ## The same with the tools for tests

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 1; }
	@echo "Making $(VENV) with $(PYTHON)."
	@if [ -n "$(UV)" ]; then $(UV) venv -q --seed --python $$($(PYTHON) -c 'import sys; print(sys.executable)') $(VENV); \
	else $(PYTHON) -m venv $(VENV); fi

$(STAMPS)/run: requirements/run.lock requirements/build.lock | $(BIN)/python
	@echo "Installing the packages it runs with."
	@$(INSTALL) --require-hashes -r requirements/run.lock -r requirements/build.lock
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/project: pyproject.toml $(STAMPS)/run
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/dev: requirements/dev.lock $(STAMPS)/project
	@echo "Installing the packages it is tested with."
	@$(INSTALL) --require-hashes -r requirements/dev.lock
	@touch $@

frontend: $(STAMPS)/run
	@$(BIN)/python tools/frontend.py build

gridwell/locale/zh_Hans/LC_MESSAGES/django.mo: gridwell/locale/zh_Hans/LC_MESSAGES/django.po $(STAMPS)/run
	@$(BIN)/python tools/messages.py compile && touch $@

demo: setup  ## Serve the demo on PORT (8000); its data stay between runs
	@$(DEMO) $(BIN)/gridwell demo --port $(PORT)

demo-reset: setup  ## Throw the demo's data away and start over
	@rm -rf var/demo
	@$(DEMO) $(BIN)/gridwell demo --build-only

test: setup-dev  ## Everything that this machine can run; in CI nothing is left out
	@$(BIN)/python tools/check.py

lint: setup-dev  ## Format check, ruff, imports, types, templates
	@$(BIN)/python tools/check.py format ruff imports mypy templates

format: setup-dev  ## Format the code
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

bench: setup-dev  ## Measure speed; ONLY=name for one
	@$(BIN)/python -m bench $(ONLY)

advisories: setup-dev  ## Ask PyPI and npm for known weaknesses of what is locked (needs the network)
	@$(BIN)/python tools/advisories.py

messages: setup-dev  ## Collect messages and list those without a Chinese wording (needs gettext)
	@$(BIN)/python tools/messages.py collect

wheel: setup-dev  ## Build a wheel with the built front-end and the catalogue
	@rm -rf dist
	@$(BIN)/python -m hatchling build -t wheel
	@ls dist

pictures: setup-dev  ## Take the pictures of the README and the handbook (needs Chromium)
	@$(BIN)/python tools/pictures.py
