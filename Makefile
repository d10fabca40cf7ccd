# The verbs. `make install` sets up .venv; every other verb needs nothing more.

PYTHON ?= python3.11
BIN := .venv/bin
STAMP := .venv/installed
KERNEL := $(wildcard engine/kernel/*.pyx engine/kernel/*.pxd engine/port/*.pyx engine/port/*.pxd)

.PHONY: install demo test check bench clean

install: $(STAMP)

$(STAMP): pyproject.toml setup.py constraints.txt $(KERNEL)
	test -x $(BIN)/python || PYTHON=$(PYTHON) .ci/prepare
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt pip setuptools Cython numpy
	$(BIN)/python -m pip install --quiet -c constraints.txt --no-build-isolation -e ".[dev,demo]"
	touch $(STAMP)

# Price the real baskets of completejourney with the rules of rules/completejourney.
demo: install
	$(BIN)/python bench/demo.py

test: install
	$(BIN)/python -m pytest
	$(BIN)/tally test rules

# Format, lint and types; nothing is changed.
check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: install
	$(BIN)/python -m pytest bench --benchmark-only --benchmark-columns=min,median,iqr,rounds

clean:
	rm -rf build dist *.egg-info engine/*/*.so .venv/installed
