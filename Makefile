# Everything a newcomer types. Each target sets up what it needs; the first takes a minute or two.
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: demo test check bench matrix clean

demo: $(READY)               ## compare ways of asking on real people; prints a table, writes a page
	$(BIN)/elicit quickstart

test: $(READY)               ## all tests, in this checkout and against the built wheel
	$(BIN)/python -m pytest
	./tests/against_wheel $(BIN)/python

check: $(READY)              ## style, types, direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)              ## speed on one core; prints dialogues a second and milliseconds a decision
	$(BIN)/python -m pytest tests/benchmarks --benchmark-only --benchmark-columns=min,median,rounds

matrix: $(READY)             ## the trainers' tests with the oldest TRL that is supported, and with the newest
	for trl in "trl==1.0.0" "trl"; do \
		rm -rf .matrix && $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target .matrix "$$trl" && \
		PYTHONPATH=.matrix $(BIN)/python -c "import trl; print('TRL', trl.__version__)" && \
		PYTHONPATH=.matrix $(BIN)/python -m pytest --quiet tests/training || exit 1; \
	done; rm -rf .matrix

$(READY): pyproject.toml constraints.txt
	python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	touch $@

clean:                       ## remove what the other targets made, except runs
	rm -rf $(VENV) .matrix dist .mypy_cache .ruff_cache .import_linter_cache .benchmarks
