# Everything happens inside .venv; each stamp is renewed when the lock file behind it changes.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
# Two tests at a time: most wait for a browser, a server or a child process.
SPREAD := --numprocesses=2 --dist=worksteal
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run setup test test-all check bench bundle lock boundaries places clean

run: $(VENV)/run.stamp            ## set up once, then open the dashboard on the seeds
	@$(BIN)/incident-map serve --port $(PORT)

setup: $(VENV)/run.stamp          ## the set-up of `make run` alone

test: $(VENV)/browser.stamp $(VENV)/postgres.stamp ## set up for the tests and run them; with a browser and PostgreSQL
	@$(BIN)/python -m pytest $(SPREAD) -m "not network and not slow"

test-all: test                    ## the slow tests too
	@$(BIN)/python -m pytest $(SPREAD) -m "slow and not network"

check: $(VENV)/dev.stamp          ## style, types, and who may import whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/browser.stamp      ## measure, against what a user would pick instead
	@$(BIN)/python -m bench

bundle: $(VENV)/run.stamp         ## one archive in dist/ that installs and runs without network
	@$(BIN)/python scripts/build_bundle.py

$(VENV)/run.stamp: requirements.lock pyproject.toml
	@$(PYTHON) scripts/check_python.py
	@echo "Setting up .venv, once: this takes a few minutes."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	@echo "Setting up what the tests need, once."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/browser.stamp: $(VENV)/dev.stamp scripts/get_browser.sh
	@bash scripts/get_browser.sh $(BIN)
	@touch $@

# Only what is there is stamped: without it, the next run says again what will be skipped.
$(VENV)/postgres.stamp: scripts/get_postgres.sh | $(VENV)/dev.stamp
	@bash scripts/get_postgres.sh
	@if ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1; then touch $@; fi

lock:                             ## renew both lock files from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" -c requirements.lock -o requirements-dev.lock

# Both write the same bytes again from the publisher's tables.
boundaries: $(VENV)/dev.stamp     ## rebuild geo/data (INCIDENT_MAP_BOUNDARIES names the tables' folder)
	@$(BIN)/python scripts/build_boundaries.py $(INCIDENT_MAP_BOUNDARIES)/balochistan_adm2.csv \
		--tehsils $(INCIDENT_MAP_BOUNDARIES)/balochistan_adm3.csv

places: $(VENV)/dev.stamp         ## rebuild gazetteer/data/places.csv
	@$(BIN)/python scripts/build_places.py

clean:
	rm -rf $(VENV) build dist *.egg-info
