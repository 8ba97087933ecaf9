# Everything a developer or a first-time user types. It needs make, Python 3.11 or later with
# venv, and the Python package registry; nothing is installed outside .venv.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
RUN := .venv/bin/
PIP := $(RUN)python -m pip install --quiet --disable-pip-version-check
ARGS ?=
# Compiled modules are kept whatever the machine says: the processes that tests start would each
# compile the program anew.
export PYTHONDONTWRITEBYTECODE =
# One worker more than cores, for one that waits for played sound; without sound as many as cores.
PARALLEL := --dist loadgroup -n auto
SILENT := --dist loadgroup -n logical
QUICK := not (model or meaning or sound or samples or broker or cluster)

.PHONY: demo test quick recordings lint check lock sample clean FORCE

demo: .venv/ready  ## The sample call, really transcribed and really coached
	@$(RUN)coach demo $(ARGS)

test: .venv/ready  ## All tests; those that need an absent sound server are skipped with a line
	@$(RUN)pytest $(PARALLEL) $(ARGS)

# All cores have a worker: threads of the linear algebra beside them wait in turn, and loudly.
quick: export OPENBLAS_NUM_THREADS = 1
quick: .venv/ready  ## The tests that need no model, sound, broker or cluster
	@$(RUN)pytest $(SILENT) -m "$(QUICK)" $(ARGS)

recordings: .venv/ready  ## What happens to one recording of every kind (tests/audio/recordings)
	@PYTHONPATH=. $(RUN)python tests/audio/recordings/table.py

lint: .venv/ready  ## Format, lint, types, layers
	@$(RUN)ruff format --check .
	@$(RUN)ruff check .
	@$(RUN)mypy
	@$(RUN)lint-imports

check: lint test  ## What continuous integration runs once the system packages are there

lock: ## Resolve the dependencies anew into requirements.lock (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --all-extras --group dev \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade \
		--output-file requirements.lock

sample: .venv/ready  ## Speak the sample call from its script (needs flite and sox)
	@$(RUN)python coach/sample/make.py

clean:  ## Remove what the other targets made
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The environment is made anew where it was made for another folder or lost its Python.
MADE_FOR := $(shell .venv/bin/python -c 0 2>/dev/null && cat .venv/locked 2>/dev/null)
ifneq "$(MADE_FOR)" "$(CURDIR)"
.venv/locked: FORCE
endif

.venv/ready: .venv/locked pyproject.toml
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/locked: requirements.lock
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Coach needs Python 3.11 or later, and found $(or $(PYTHON),none). Install it, or name it: make PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@echo "Setting up .venv from requirements.lock; this is done once and takes a minute or two."
	@"$(PYTHON)" -m venv --clear .venv || { \
		echo "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; \
		exit 1; }
	@$(PIP) --require-hashes --requirement requirements.lock
	@printf '%s' "$(CURDIR)" > $@
