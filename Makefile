# The verbs. `make install` sets up .venv; every other verb needs nothing more.

PYTHON ?= python3.11
BIN := .venv/bin
STAMP := .venv/installed
SPARK := .venv/spark-installed
# What a package of this project needs, and the project itself as it lies here; compiled apart.
PIP := TALLYSTICK_COMPILE=0 $(BIN)/python -m pip install --quiet -c constraints.txt --no-build-isolation -e
KERNEL := $(wildcard dsl/*.pyx dsl/*/*.pyx engine/plan/*.pyx engine/kernel/*.pyx engine/kernel/*.pxd engine/port/*.pyx engine/port/*.pxd)

.PHONY: install demo test test-spark test-checked check bench bench-peers bench-plot bench-load bench-count clean

install: $(STAMP)

# Compiled twice: to count what runs, then laid out by the counts (docs/decisions).
$(STAMP): pyproject.toml setup.py constraints.txt $(KERNEL)
	test -x $(BIN)/python || PYTHON=$(PYTHON) .ci/prepare
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt pip setuptools Cython numpy
	$(PIP) ".[dev,demo]"
	rm -rf build/profile
	TALLYSTICK_PROFILE=collect $(BIN)/python setup.py -q build_ext --inplace
	$(BIN)/python -m bench.train
	TALLYSTICK_PROFILE=use $(BIN)/python setup.py -q build_ext --inplace
	touch $(STAMP)

# Price the real baskets of completejourney with the rules of rules/completejourney.
demo: install
	$(BIN)/python bench/demo.py

# As many files of tests at a time as there are cores.
test: install
	$(BIN)/python -m pytest -n auto --dist loadfile -p no:benchmark
	$(BIN)/tally test rules

# PySpark on this machine; without Java 17 it fails.
test-spark: $(SPARK)
	$(BIN)/python -m pytest tests/spark

$(SPARK): $(STAMP)
	$(PIP) ".[spark]"
	touch $(SPARK)

# Tests of the compiled code under address and undefined-behaviour sanitizers, from a build of its
# own. Two tests of resident memory are left out: freed memory is held back there on purpose.
test-checked: install
	TALLYSTICK_CHECKED=1 $(BIN)/python setup.py -q build -j2 \
	  --build-lib build/checked --build-temp build/checked-temp
	LD_PRELOAD="$$(gcc -print-file-name=libasan.so)" ASAN_OPTIONS=detect_leaks=0 \
	  PYTHONMALLOC=malloc PYTHONPATH=build/checked TALLYSTICK_EXAMPLES=300 \
	  $(BIN)/python -P -m pytest tests/checked tests/engine tests/test_cases.py \
	  tests/properties/test_evaluators.py tests/properties/test_ways.py tests/properties/test_loyalty.py \
	  --deselect tests/engine/port/test_pricer.py::test_quotes_leave_nothing_behind \
	  --deselect tests/engine/columns/test_results.py::test_memory_does_not_grow

# Format, lint and types; nothing is changed.
check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Time all suites; the table of ratios is printed last and kept in build/bench.
bench: install
	$(BIN)/python -m pytest bench --benchmark-only --benchmark-columns=min,median,iqr,rounds

# Time everybody else who can match promotions; needs the extra `peers`.
bench-peers: install
	$(PIP) ".[peers]"
	$(BIN)/python -m bench.peers.race --out bench/results/peers.json

# Load a PostgreSQL with transfers between few accounts, beside the fewest statements there are.
bench-load: install
	$(BIN)/python -m bench.pgload

# Draw the picture and fill the tables of docs/performance.md from what is stored.
bench-plot: install
	$(BIN)/python -m bench.plot

# Count instructions under valgrind; fails when a cart takes more of them than it did.
bench-count: install
	PYTHON=$(PYTHON) .ci/prepare valgrind
	$(BIN)/python -m bench.count

clean:
	rm -rf build dist *.egg-info dsl/*.so dsl/*/*.so engine/*/*.so .venv/*installed
