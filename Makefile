# On a fresh Debian or Ubuntu with Python 3.11 or later: `make leaflets`, `make test`.

PY := .venv/bin/python
ARGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo '  ARGS="…" is handed on: make leaflets ARGS="--locale es", make test ARGS="-k fonts"'

.PHONY: setup setup-run
setup: ## Install what making leaflets, tests, lint and packaging need
	@tools/setup test
setup-run:
	@tools/setup run

.PHONY: leaflets
leaflets: setup-run ## Build every leaflet that is out of date, into dist/
	$(PY) pipeline.py build $(ARGS)

.PHONY: test
test: setup ## Run the tests
	$(PY) -m pytest $(ARGS)

.PHONY: ocr
ocr: ## Let Tesseract read the disclaimers of the shipped leaflets
	@tools/setup ocr
	$(PY) pipeline.py build --quiet --out build/tested
	$(PY) -m pytest tests/ocr -m ocr $(ARGS)

# What is compared with, and used for nothing else: in no lock, in a place of its own.
.PHONY: bench
bench: setup ## Measure batches against other tools, into benchmarks/RESULTS.md
	@test -x build/bench/bin/doit || { $(PY) -m venv --clear build/bench && \
		build/bench/bin/python -m pip install --quiet --disable-pip-version-check doit ninja typst; }
	$(PY) -m benchmarks.batch $(ARGS)

.PHONY: mutate
mutate: setup ## Make slip after slip in the engine, and see that a test notices each
	nice $(PY) -m tests.mutate $(ARGS)

.PHONY: lint
lint: setup ## Check style and types
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

.PHONY: format
format: setup ## Put the code into shape
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

# atheris is in no lock: it is for this alone, and not to be had for every Python.
FUZZ_SECONDS ?= 600
.PHONY: fuzz
fuzz: setup ## Look for input that a reader stumbles over, for FUZZ_SECONDS (600)
	test -x build/fuzz-venv/bin/python || $(PY) -m venv build/fuzz-venv
	build/fuzz-venv/bin/python -c 'import atheris' 2>/dev/null || \
		build/fuzz-venv/bin/python -m pip install --quiet --disable-pip-version-check 'atheris>=3,<4'
	PYTHONPATH=.:$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \
		build/fuzz-venv/bin/python fuzz/readers.py -max_total_time=$(FUZZ_SECONDS) -max_len=4096 $(ARGS)

.PHONY: wheel
wheel: setup ## Build the source distribution, and the wheel from it, into build/
	rm -rf build/packages
	$(PY) -m build --no-isolation --outdir build/packages

# Pins stay as they are unless pyproject.toml asks otherwise; UPGRADE=1 moves all of them.
# Universal: every Python from 3.11, on Linux, macOS and Windows.
COMPILE = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --extra exchange \
	$(if $(UPGRADE),--upgrade) pyproject.toml

.PHONY: lock
lock: setup-run ## Lock the dependencies that pyproject.toml asks for (UPGRADE=1: the newest)
	$(PY) -m pip install --quiet --disable-pip-version-check 'uv>=0.13,<0.14'
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock

# In an environment of its own, which nothing else uses. Pango comes with the system: another
# release of it is tried with `tools/fresh` and the name of a newer Debian.
NEXT ?= weasyprint pikepdf pypdf
.PHONY: next
next: setup ## Try the newest WeasyPrint, pikepdf and pypdf, and say which tests break
	$(PY) -m venv --clear build/next
	build/next/bin/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --no-deps -r requirements-dev.lock
	build/next/bin/python -m pip install --disable-pip-version-check --upgrade $(NEXT)
	build/next/bin/python -m pytest $(if $(ARGS),$(ARGS),tests/typeset tests/preflight)

.PHONY: clean
clean: ## Remove what was built, and the tools' caches
	rm -rf dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: distclean
distclean: clean ## Remove .venv too
	rm -rf .venv
