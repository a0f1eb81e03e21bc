# Every target sets itself up in .venv; `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
CONFIG ?= config/bazar.toml
WEB ?= 127.0.0.1:8000

.PHONY: help run web serve test lint bench soak seed postman picture clean

help:            ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/ready        ## set up, start the three servers, open the app; q stops all of it
	@exec $(BIN)/python -m servers --app --config $(CONFIG)

web: .venv/ready-web    ## the same in a browser, at WEB=127.0.0.1:8000; Ctrl-C stops all of it
	@exec $(BIN)/python -m servers --web $(WEB) --config $(CONFIG)

serve: .venv/ready      ## the three servers only, until Ctrl-C
	@exec $(BIN)/python -m servers --config $(CONFIG)

# The app and the servers wait more than they work: two tests for each core.
test: .venv/ready-dev   ## set up, run every test
	$(BIN)/python -m pytest -n $$((2 * $$(nproc)))

lint: .venv/ready-dev   ## ruff, strict mypy, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/ready-dev  ## the figures of speed, each beside its reference
	$(BIN)/python -m tests.bench

soak: .venv/ready-dev   ## the long campaigns of faults
	$(BIN)/python -m pytest -m soak -s -o timeout=14400

# English books on the shelves of classics; the four that the shop opens with come first.
SEED_RULES := --force --first data/seed/opening.csv --language en --type Text \
  --shelf "Best Books Ever Listings" --shelf "Harvard Classics" --shelf "Movie Books" \
  --shelf "Banned Books from Anne Haight's list" \
  --shelf "Banned Books List from the American Library Association" \
  --subjects Bookshelves --price 4..30 --stock 0..60 --seed 1

seed: .venv/ready       ## make data/seed/books.csv again from GUTENBERG=pg_catalog.csv
	@test -n "$(GUTENBERG)" || { echo "say where Project Gutenberg's pg_catalog.csv is: make seed GUTENBERG=path/to/pg_catalog.csv"; exit 2; }
	$(BIN)/python -m servers import $(SEED_RULES) "$(GUTENBERG)" data/seed/books.csv

postman: .venv/ready    ## send the Postman collection with newman to a shop of its own
	$(BIN)/python config/postman/run.py

picture: .venv/ready-dev ## take the pictures of every screen from the running app
	$(BIN)/python -m tests.tui.picture

clean:                  ## forget the set-up (the shop's data stays)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A stamp is newer than the requirement files it was made from, so set-up runs again only when those
# change; it is made last, so set-up that was broken off is begun anew.
.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Bazar.com needs Python 3.11 or newer; on Debian: apt install python3 python3-venv"; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo "this Python cannot make a virtual environment; on Debian: apt install python3-venv"; exit 2; }
	@echo "setting up .venv (once) ..."
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/ready: .venv/made requirements.txt requirements-client.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/ready-web: .venv/ready requirements-web.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-web.txt
	@touch $@

.venv/ready-dev: .venv/ready requirements-web.txt requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
