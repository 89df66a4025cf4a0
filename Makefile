# The commands of Maskwright. Everything they need is installed into .venv and static/node_modules.
#   make run    starts the app on http://127.0.0.1:8000 (another port: make run PORT=8001)
#   make test   every check there is        make bench  the benchmarks
PYTHON ?= python3
PORT ?= 8000
ARGS ?=

export PORT

define bootstrap
@command -v $(PYTHON) >/dev/null 2>&1 || { \
	echo "Maskwright needs Python 3.11 or newer, and there is no '$(PYTHON)' on this machine. Install it from your system's packages, or name another one: make $@ PYTHON=/path/to/python3.12" >&2; \
	exit 1; }; exec $(PYTHON) annotator/launch/bootstrap.py $@ $(ARGS)
endef

.PHONY: run test bench setup lint schema format clean help
.DEFAULT_GOAL := help

help:
	@sed -n 's/^#   //p' Makefile

run:
	$(bootstrap)
test:
	$(bootstrap)
bench:
	$(bootstrap)
setup:
	$(bootstrap)
lint:
	$(bootstrap)
schema:
	$(bootstrap)
format:
	$(bootstrap)
clean:
	rm -rf .venv static/node_modules static/vendor staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
