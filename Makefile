# make demo   train on handwritten digits with live panels
# make test   ruff and pytest, as CI runs them
# make bench  the benchmarks (ratios against peers, measured in one run)
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test bench screenshots clean

demo: .venv/installed
	$(BIN)/dnn-tui train digits

test: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/python -m pytest

bench: .venv/installed-test
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

screenshots: .venv/installed
	$(BIN)/python docs/screenshots.py

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -e .
	touch $@

.venv/installed-test: .venv/installed
	$(BIN)/python -m pip install --quiet -e '.[test]'
	touch $@

clean:
	rm -rf .venv build *.egg-info
