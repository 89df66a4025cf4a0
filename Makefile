# The commands of Maskwright. Everything they need is installed into .venv and static/node_modules.
#   make run      starts the app on http://127.0.0.1:8000 (another port: make run PORT=8001)
#   make test     every check there is (some of them: make test ARGS="-k outbox")
#   make lint     the quick checks alone: style, types, layers, migrations, schema
#   make format   lays the code out and mends what can be mended
#   make schema   writes the API's description (OpenAPI) and the browser's types anew
#   make bench    the benchmarks (one of them: make bench ARGS=browser)
#   make audit    asks what is known against the packages it depends on (needs the network)
#   make setup    installs all a developer needs and stops
#   make wheel    builds the wheel that a server installs (deploy/README.md)
#   make clean    removes what was installed and made; var/ with your data stays
#   make help     this list
PYTHON ?= python3
PORT ?= 8000
ARGS ?=

export PORT

define bootstrap
@command -v $(PYTHON) >/dev/null 2>&1 || { \
	echo "Maskwright needs Python 3.11 or newer, and there is no '$(PYTHON)' on this machine. Install it from your system's packages, or name another one: make $@ PYTHON=/path/to/python3.12" >&2; \
	exit 1; }; exec $(PYTHON) annotator/launch/bootstrap.py $@ $(ARGS)
endef

.PHONY: run test bench setup wheel lint schema format audit clean help
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
wheel:
	$(bootstrap)
lint:
	$(bootstrap)
schema:
	$(bootstrap)
format:
	$(bootstrap)
audit:
	$(bootstrap)
clean:
	rm -rf .venv build maskwright.egg-info static/node_modules static/vendor staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
