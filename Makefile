# Two commands for people, from a clean clone and in any order:
#
#   make demo    the whole loop on the embedded sandbox: no account, no bucket, no secret
#   make test    the whole test suite
#
# They need git, make, python3 (3.11 or newer) and python3-venv. Everything else comes from the locks in
# requirements/, every file checked against its hash, and lands in .venv; a second run installs nothing.

PYTHON ?= python3
PYTEST_ARGS ?= -n auto

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input install --progress-bar off

.DELETE_ON_ERROR:
.PHONY: demo test prove coverage fuzz compat axe editors sarif docs lint format workflows lock clean help

help:
	@echo "make demo | test | prove | coverage | fuzz | compat | axe | editors | sarif | docs | lint | format | workflows | lock | clean"

demo: $(STAMPS)/sandbox $(STAMPS)/package
	@$(BIN)/publisher demo $(DEMO_ARGS)

test: $(STAMPS)/dev $(STAMPS)/package
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

# The whole proof: single and double faults, two runners, lost states, mutants. `make test` runs a sample of it.
prove: $(STAMPS)/dev $(STAMPS)/package
	@$(BIN)/python -m tests.proof.prove $(PROVE_ARGS)

# 100,000 random calls to the sandbox, 100,000 random answers to the client, and spoiled files: 100,000 posts, 3,000
# pictures and videos. `make test` draws a sample of them.
fuzz: $(STAMPS)/dev $(STAMPS)/package
	@FUZZ_EXAMPLES=3000 $(BIN)/python -m pytest --timeout 7200 tests/sandbox/test_properties.py tests/threads_api/test_fuzz.py
	@$(BIN)/python -m tests.content.fuzz yaml=100000 media=3000 jobs=2 $(FUZZ_ARGS)

# Every line and every branch of what decides and records, each reached by a test of its own: the sweeps are left out.
coverage: $(STAMPS)/dev $(STAMPS)/package
	@$(BIN)/python -m pytest -q -n auto tests/planning tests/publishing tests/state_backends \
	  --ignore tests/publishing/test_sweeps.py --ignore tests/publishing/test_rails.py \
	  --cov --cov-report=term-missing:skip-covered --cov-fail-under=100

# Clients that others wrote, unchanged, against the sandbox; where they are not installed, `make test` skips these tests.
compat: $(STAMPS)/dev $(STAMPS)/package $(STAMPS)/compat
	@$(BIN)/python -m pytest tests/compat

# What only Node has: axe-core, which judges the feed page, and the server that completes YAML in editors (beside it
# check-jsonschema, and pre-commit, whose test installs our hooks from the package index); and the schema of SARIF, which
# only an npm package carries. They need npm; where they are not installed, `make test` skips the tests that ask them.
axe: $(STAMPS)/axe
editors: $(STAMPS)/editors $(STAMPS)/ci
sarif: $(STAMPS)/sarif

# The client's guide and reference as a site in build/docs. A link that leads nowhere ends it, which --quiet would hide.
docs: $(STAMPS)/dev $(STAMPS)/docs $(STAMPS)/package
	@$(BIN)/mkdocs build --strict

lint: $(STAMPS)/dev $(STAMPS)/package
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(STAMPS)/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Our own workflows and those that `publisher init` writes: what could be abused, and whether GitHub would take them.
workflows: $(STAMPS)/ci $(STAMPS)/sandbox $(STAMPS)/package
	@scaffold=$$(mktemp -d); trap 'rm -rf "$$scaffold"' EXIT; set -e; \
	$(BIN)/publisher -C "$$scaffold" init --account-name acme --timezone UTC --forms >/dev/null; \
	$(BIN)/zizmor --quiet --offline --persona pedantic .github "$$scaffold/.github"; \
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows \
	  .github/workflows/*.yml "$$scaffold"/.github/workflows/*.yml; \
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms "$$scaffold"/.github/ISSUE_TEMPLATE/*.yml; \
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml "$$scaffold/.github/dependabot.yml"

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

# --- Set-up. A stamp is newer than the lock it was installed from, so that it is made once. ---------------------

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv is missing. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV)" >&2
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/sandbox: requirements/sandbox.txt | $(STAMPS)/venv
	@echo "Installing what the product and its sandbox need (requirements/sandbox.txt)" >&2
	@$(PIP) --require-hashes -r requirements/sandbox.txt
	@touch $@

$(STAMPS)/dev: requirements/dev.txt | $(STAMPS)/venv
	@echo "Installing what the tests need (requirements/dev.txt)" >&2
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(STAMPS)/ci: requirements/ci.txt | $(STAMPS)/venv
	@$(PIP) --require-hashes -r requirements/ci.txt
	@touch $@

$(STAMPS)/docs: requirements/docs.txt | $(STAMPS)/venv
	@$(PIP) --require-hashes -r requirements/docs.txt
	@touch $@

# Into a folder of their own: their libraries are older than ours.
$(STAMPS)/compat: requirements/compat.txt | $(STAMPS)/venv
	@rm -rf $(VENV)/compat
	@$(PIP) --no-deps --require-hashes --target $(VENV)/compat -r requirements/compat.txt
	@touch $@

$(STAMPS)/axe: tests/browser/package-lock.json | $(STAMPS)/venv
	@$(call npm-ci,$(VENV)/axe,tests/browser)
	@touch $@

$(STAMPS)/editors: tests/editors/package-lock.json | $(STAMPS)/venv
	@$(call npm-ci,$(VENV)/editors,tests/editors)
	@touch $@

$(STAMPS)/sarif: tests/report/package-lock.json | $(STAMPS)/venv
	@$(call npm-ci,$(VENV)/sarif,tests/report)
	@touch $@

# $(call npm-ci,TO,FROM): what FROM's lock names, by its hashes, into TO; no package may run a script of its own.
npm-ci = mkdir -p $(1) && cp $(2)/package.json $(2)/package-lock.json $(1) && \
  npm ci --prefix $(1) --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel error

# The package itself, editable; its build backend comes from a lock too, hence no isolation.
$(STAMPS)/package: pyproject.toml requirements/build.txt | $(STAMPS)/venv
	@$(PIP) --require-hashes -r requirements/build.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# --- Locks: one resolution, cut to size. Each starts from the one before, so that they never disagree. -----------

COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
  --generate-hashes --no-annotate --no-emit-index-url $(LOCK_ARGS)

lock: $(STAMPS)/ci  # LOCK_ARGS=--upgrade takes newer releases
	$(COMPILE) pyproject.toml --extra sandbox -o requirements/sandbox.txt
	$(COMPILE) pyproject.toml -c requirements/sandbox.txt -o requirements/runtime.txt
	$(COMPILE) pyproject.toml -c requirements/sandbox.txt --extra sandbox --group dev -o requirements/dev.txt
	$(COMPILE) -c requirements/dev.txt --group build -o requirements/build.txt
	$(COMPILE) -c requirements/dev.txt --group ci -o requirements/ci.txt
	$(COMPILE) --no-deps requirements/compat.in -o requirements/compat.txt
	$(COMPILE) -c requirements/dev.txt --group docs -o requirements/docs.txt
