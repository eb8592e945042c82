# make run     from an empty machine to a trained model      (options: make run ARGS="--epochs 20")
# make test    the whole test suite
# make check   format, lint, types and the quick tests, about a minute
# make bench   the measurements under benchmarks/
# make fuzz    10,000 damaged files; make kills: 100 killed runs      (some 40 minutes each)
# make audit   known weaknesses of what is installed; needs a network
# make lock    the versions and hashes that make test LOCK=… installs, anew

# The first Python on this machine that TensorFlow has wheels for.
RIGHT := import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.10 python3 python; do \
	$$name -c "$(RIGHT)" >/dev/null 2>&1 && echo $$name && break; done)

VENV := $(if $(LOCK),.venv-locked,.venv)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all:

# With an NVIDIA card at hand, TensorFlow's own CUDA packages come along.
GPU := $(if $(shell command -v nvidia-smi 2>/dev/null),tensorflow[and-cuda])

# With LOCK=.ci/requirements.lock exactly what it names is installed, if its hashes are right.
LOCKED := --require-hashes -r $(LOCK)

.PHONY: run test check bench fuzz kills audit lock clean

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

fuzz: $(VENV)/ready-for-tests
	$(BIN)/python benchmarks/fuzz.py $(ARGS)

kills: $(VENV)/ready-for-tests
	$(BIN)/python benchmarks/kills.py $(ARGS)

audit: $(VENV)/ready-for-locking
	$(TOOLS)/pip-audit --strict --require-hashes --disable-pip -r .ci/requirements.lock

lock: $(VENV)/ready-for-locking
	$(TOOLS)/uv pip compile --universal --python-version 3.10 --generate-hashes --upgrade \
		--only-binary :all: --no-header --no-annotate --quiet \
		-o .ci/requirements.lock requirements.txt tests/requirements.txt

$(VENV)/ready: requirements.txt $(LOCK)
	@test -n "$(PYTHON)" || { echo "No Python from 3.10 to 3.12 was found. Install one," \
		"or name it: make run PYTHON=/path/to/python3.11"; exit 2; }
	@echo "Preparing $(VENV) with $(PYTHON); this takes a minute or two, once."
	$(PYTHON) -m venv $(VENV)
	$(PIP) $(if $(LOCK),$(LOCKED),-r requirements.txt $(GPU))
	@touch $@

$(VENV)/ready-for-tests: $(VENV)/ready tests/requirements.txt $(LOCK)
	$(PIP) $(if $(LOCK),$(LOCKED),-r tests/requirements.txt)
	@touch $@

# Tools that look at the list of packages, away from the packages themselves.
TOOLS := $(VENV)/tools/bin

$(VENV)/ready-for-locking: $(VENV)/ready
	$(PYTHON) -m venv $(VENV)/tools
	$(TOOLS)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
		"pip-audit>=2.10,<3" "uv>=0.9,<1"
	@touch $@

clean:
	rm -rf .venv .venv-locked .cache .pytest_cache .mypy_cache .ruff_cache
