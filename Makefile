# make demo   train on handwritten digits with live panels
# make test   ruff, mypy and pytest, as CI runs them
# make test-fast  the quick half of the tests, for while one writes
# make types  mypy alone
# make mutants  a sample of small changes, and whether the tests notice (SIZE=100 SEED=0; not in CI, takes long)
# make bench  the benchmarks (ratios against peers, measured in one run)
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= -n 2 --dist worksteal
SIZE ?= 100
SEED ?= 0

# kept, whatever the shell says: each process that a test starts would compile all its files anew
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-whole test-fast types mutants bench screenshots clean

demo: .venv/installed
	$(BIN)/dnn-tui train digits

# mypy beside pytest, which waits for the terminal and for processes now and then
test: .venv/installed-test
	$(BIN)/ruff check .
	$(MAKE) --jobs=2 types test-whole

test-whole: .venv/installed-test
	$(BIN)/python -m pytest $(WORKERS)

test-fast: .venv/installed-test
	$(BIN)/python -m pytest $(WORKERS) -m "not slow"

# mypy finds the packages under their installed names through links; the folders themselves stand at the root
types: .venv/installed-test
	mkdir -p build/types/dnn_tui
	for name in mlp datasets runs experiments tui; do ln -sfn ../../../$$name build/types/dnn_tui/$$name; done
	$(BIN)/python -m mypy -p dnn_tui

mutants: .venv/installed-test
	$(BIN)/python tests/mutants.py --size $(SIZE) --seed $(SEED)

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
