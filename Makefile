# Every habit of this project. `make help` lists them; each needs only git, make and Python >= 3.11.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash -euo pipefail
# Members are started by the hundred in the tests: none should compile its modules anew.
unexport PYTHONDONTWRITEBYTECODE

# The system's Python comes first if it is new enough: distributions build theirs optimised by
# profiles, and one that was built by hand often is not; it takes half as long again.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' \
  2>/dev/null && echo /usr/bin/python3 || echo python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
RUNTIME := .venv/runtime.stamp
TOOLS := .venv/tools.stamp
GEN ?= proto/gen

# $(call need,TEST,PACKAGES): unless TEST passes, install Debian packages when root, else name the command.
need = ( $(1) ) >/dev/null 2>&1 || { \
	[ "$$(id -u)" = 0 ] || { echo "Missing on this machine. Type: sudo apt-get install -y $(2)" >&2; exit 1; }; \
	echo "Installing $(2)"; apt-get -qq update; \
	DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $(2) >/dev/null; }

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- Installing -----------------------------------------------------------------------------------

.PHONY: setup
setup: $(RUNTIME) ## Install what a node needs into .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it with PYTHON=..." >&2; exit 1; }
	@$(call need,$(PYTHON) -c 'import ensurepip',python3-venv)
	@$(PYTHON) -m venv .venv

$(RUNTIME): requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the locked packages into .venv"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS): tests/requirements.lock $(RUNTIME)
	@echo "Installing the tools for tests and checks into .venv"
	@$(PIP) install --require-hashes -r tests/requirements.lock
	@touch $@

# Ubuntu's archive has no Chromium: there the tests of printing are skipped, and say so.
.PHONY: test-system
test-system:
	@( $(call need,command -v chromium-headless-shell pdftotext && fc-list :lang=zh | grep -q .,chromium-headless-shell fonts-wqy-microhei poppler-utils) ) \
	  || echo "Without Chromium the printing of statements is not tested" >&2
	@$(call need,ls /usr/lib/postgresql/*/bin/initdb,postgresql)
	@$(call need,command -v promtool,prometheus)
	@$(call need,command -v hledger && command -v ledger,hledger ledger)
	@$(call need,command -v go && ls -d /usr/share/gocode/src/golang.org/x/mod,golang-go golang-golang-x-mod-dev)

# --- Running --------------------------------------------------------------------------------------

.PHONY: demo
demo: $(RUNTIME) ## Run five members on this machine until Ctrl-C (ARGS="--listings 2000")
	@$(BIN)/ydx demo run $(ARGS)

.PHONY: test
test: $(TOOLS) test-system ## Run the tests (ARGS="-k checkpoint")
	@$(BIN)/pytest $(or $(ARGS),-n 3 --dist loadfile)  # real processes mostly wait: 3 on 2 cores

.PHONY: test-chaos
test-chaos: $(TOOLS) test-system ## Run the slow tests too: kills, full disks, long simulations
	@$(BIN)/pytest --run-chaos --timeout=1800 $(ARGS)

.PHONY: simulate
simulate: $(TOOLS) ## Run the federation in memory, honest and dishonest (SEEDS=200)
	@$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),200) $(ARGS)

.PHONY: fuzz
fuzz: $(TOOLS) ## Fuzz the wire decoder, guided by coverage (DURATION_S=60)
	@$(BIN)/python -m tests.fuzz -max_total_time=$(or $(DURATION_S),60) $(ARGS)

.PHONY: bench
bench: $(TOOLS) test-system ## Measure: print a table and write JSON (ARGS="sync publish")
	@$(BIN)/python -m tests.bench $(ARGS)

.PHONY: eval
eval: $(TOOLS) ## Measure how well is found: print a table (ARGS="--json eval.json")
	@$(BIN)/python -m tests.eval $(ARGS)

# --- Checking -------------------------------------------------------------------------------------

.PHONY: check
check: check-format check-lint check-layers check-proto check-gen check-types check-deps check-text ## Run every check

.PHONY: fix
fix: $(TOOLS) gen docs ## Mend what can be mended: format, lint, generated code and reference tables
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix
	@$(BIN)/buf format --write proto
	@$(BIN)/codespell --write-changes

.PHONY: check-format
check-format: $(TOOLS)
	@$(BIN)/ruff format --check --quiet

.PHONY: check-lint
check-lint: $(TOOLS)
	@$(BIN)/ruff check --quiet

.PHONY: check-layers
check-layers: $(TOOLS)
	@$(BIN)/lint-imports

# Wire changes are judged against what has landed: origin's main, else the local one.
BASELINE = $(shell git rev-parse --verify --quiet origin/main || git rev-parse --verify --quiet main)
.PHONY: check-proto
check-proto: $(TOOLS)
	@$(BIN)/buf format proto --diff --exit-code
	@$(BIN)/buf lint proto
	@if git cat-file -e $(BASELINE):proto/buf.yaml 2>/dev/null; then \
	  $(BIN)/buf breaking proto --against ".git#ref=$(BASELINE),subdir=proto"; \
	else echo "No landed main to compare the protos with: breaking changes not checked"; fi

.PHONY: check-gen
check-gen: $(TOOLS)
	@fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	$(MAKE) --no-print-directory gen GEN="$$fresh"; \
	diff -rq --exclude=__pycache__ proto/gen "$$fresh" \
	  || { echo "proto/gen is not fresh: run make gen" >&2; exit 1; }

.PHONY: check-types
check-types: $(TOOLS)
	@$(BIN)/mypy

.PHONY: check-deps
check-deps: $(TOOLS)
	@$(BIN)/deptry .

.PHONY: check-text
check-text: $(TOOLS)
	@$(BIN)/codespell
	@git ls-files -z '*.yaml' '*.yml' | xargs -0 $(BIN)/yamllint --strict \
	  -d '{extends: default, rules: {document-start: disable, line-length: {max: 100}}}'

# --- Generating -----------------------------------------------------------------------------------

PROTOS = $(shell cd proto && find ydx -name '*.proto' | sort)
.PHONY: gen
gen: $(TOOLS) ## Generate the Python code of the protos
	@mkdir -p $(GEN)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m grpc_tools.protoc -Iproto \
	  --python_out=$(GEN) --pyi_out=$(GEN) --grpc_python_out=$(GEN) --mypy_grpc_out=quiet:$(GEN) $(PROTOS)
	@cd proto && grep -L '^service ' $(PROTOS) | sed 's|\.proto$$|_pb2_grpc|' \
	  | while read -r stub; do rm -f "$(abspath $(GEN))/$$stub".py{,i}; done

.PHONY: docs
docs: $(RUNTIME) ## Write the reference tables and the example configuration
	@$(BIN)/python -m tests.reference

.PHONY: lock
lock: $(TOOLS) ## Make both locks from pyproject.toml (ARGS=--upgrade)
	@compile() { $(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-annotate \
	  --no-header --no-emit-index-url --extra postgresql "$$@" $(ARGS); }; \
	compile --group build -o requirements.lock; \
	compile --group build --group test --group check -c requirements.lock -o tests/requirements.lock
