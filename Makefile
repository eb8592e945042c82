# make run     from an empty machine to a trained model      (options: make run ARGS="--epochs 20")
# make test    the whole test suite
# make check   format, lint, types and the quick tests, about a minute
# make bench   the measurements under benchmarks/

# The first Python on this machine that TensorFlow has wheels for.
RIGHT := import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.10 python3 python; do \
	$$name -c "$(RIGHT)" >/dev/null 2>&1 && echo $$name && break; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all:

# With an NVIDIA card at hand, TensorFlow's own CUDA packages come along.
GPU := $(if $(shell command -v nvidia-smi 2>/dev/null),tensorflow[and-cuda])

.PHONY: run test check bench clean

run: $(VENV)/ready
	$(BIN)/python main.py $(ARGS)

test: $(VENV)/ready-for-tests
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

check: $(VENV)/ready-for-tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not slow and not bench" --quiet $(ARGS)

bench: $(VENV)/ready-for-tests
	$(BIN)/python benchmarks/labels.py
	$(BIN)/python benchmarks/speed.py $(ARGS)

$(VENV)/ready: requirements.txt
	@test -n "$(PYTHON)" || { echo "No Python from 3.10 to 3.12 was found. Install one," \
		"or name it: make run PYTHON=/path/to/python3.11"; exit 2; }
	@echo "Preparing $(VENV) with $(PYTHON); this takes a minute or two, once."
	$(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements.txt $(GPU)
	@touch $@

$(VENV)/ready-for-tests: $(VENV)/ready tests/requirements.txt
	$(PIP) -r tests/requirements.txt
	@touch $@

clean:
	rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache
