# Each target makes .venv by itself: all it needs is a python3 (3.11 or newer; another one: make PYTHON=python3.12 test).
VENV ?= .venv
PYTHON ?=
JOBS ?= 2
ARGS ?=
export VENV PYTHON

RUN := $(VENV)/bin/python -m
FILES := src tests examples benchmarks conftest.py
FOUND = $(wildcard $(FILES))

.PHONY: help demo test coverage check static bench faults runtime dev clean

help:
	@echo "make demo   one project from lead to cash, told step by step"
	@echo "make test   all tests and every example in the source, the docs and the README"
	@echo "make check  ruff, mypy, import-linter, then make test"
	@echo "make coverage  the tests again, showing every branch of the source that none of them takes"
	@echo "make bench  every benchmark"
	@echo "make faults kill writers, connections and a server of PostgreSQL some 600 times (KILLS=600)"
	@echo "make clean  remove what was built; .venv stays"

demo: runtime
	@$(VENV)/bin/ltcflow demo $(ARGS)

test: dev
	$(RUN) pytest -n $(JOBS) -q $(ARGS)

coverage: dev
	$(RUN) pytest -n $(JOBS) -q --cov --cov-report=term tests src $(ARGS)

check: static test

static: dev
	$(RUN) ruff check $(FOUND)
	$(RUN) ruff format --check $(FOUND)
	$(RUN) mypy
	$(VENV)/bin/python $(VENV)/bin/lint-imports

bench: dev
	@for file in benchmarks/bench_*.py; do \
	    echo "== $$file"; \
	    if grep -q __main__ "$$file"; then $(VENV)/bin/python "$$file" $(ARGS); \
	    else $(RUN) pytest -q -p no:cacheprovider --benchmark-only "$$file" $(ARGS); fi || exit 1; \
	done

faults: dev
	run=; if tools/postgres.sh find >/dev/null; then run="tools/postgres.sh run"; fi; \
	    LTCFLOW_KILLS=$(or $(KILLS),600) $$run $(RUN) pytest -q -s -n 0 tests/stores/test_store_kill.py $(ARGS)

runtime dev:
	@tools/venv.sh $@

clean:
	rm -rf build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .benchmarks
