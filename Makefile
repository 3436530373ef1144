# Copyright (c) 2026, Rezonate
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The one way to run things. All results are in .venv and .build; `make clean` removes both.
PYTHON ?= python3
METHOD ?= oauth
CORES  ?= 2.16 2.19 2.21
SOAK   ?=
BENCH  ?=
EE     ?=
MUTANTS ?=
PORT   ?= 0

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-print-directory
.DEFAULT_GOAL := help

VENV  := .venv/.stamp
BUILT := .build/collections/ansible_collections/rezonate/okta
SAY    = @printf '== %s: %s\n' "$@"

# The tools of .venv come first, also for the tools that call each other.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONWARNINGS ?= ignore::DeprecationWarning
# The tests of each target share what Python compiles; .gitignore has it.
export PYTHONDONTWRITEBYTECODE :=
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg

.PHONY: ansible-units okta galaxy licenses workflows vulnerabilities soak-part bench contract ee help venv demo check test lint format types collection sanity unit mutants emulator-test playbook-test browser-test soak molecule docs matrix clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | \
	  while IFS='|' read -r name text; do printf '  make %-15s %s\n' "$$name" "$$text"; done

venv: $(VENV) ## make .venv with all tools, from python3 or PYTHON=...

$(VENV): requirements.txt tests/requirements.txt tests/requirements-pytest.txt
	@printf '== venv: installing the tools into .venv, about a minute\n'
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=/path/to/python3.1x")'
	@rm -rf .venv && $(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install -qq --disable-pip-version-check -r tests/requirements.txt
	@touch $@

demo: $(VENV) ## onboard a made-up tenant on the local emulator of Okta (METHOD=oauth, api_service_integration or api_token)
	$(SAY) 'method $(METHOD), no network needed'
	@.venv/bin/python tests/demo/demo.py --method '$(METHOD)'

okta: $(VENV) ## an Okta to play with: the emulator with two made-up orgs, until Ctrl-C (PORT=8443)
	@.venv/bin/python tests/demo/okta.py --port '$(PORT)'

check: $(VENV) ## the inner loop, about a minute: unit tests, lint, types
	@$(MAKE) --jobs=3 --output-sync=target unit lint types

test: $(VENV) ## all checks
	@$(MAKE) --jobs=2 --output-sync=target sanity lint molecule types browser-test docs galaxy licenses workflows vulnerabilities
	@$(MAKE) unit emulator-test playbook-test # these fill the cores by themselves

lint: $(VENV) ## ruff, yamllint, shellcheck, ansible-lint (profile production), changelog fragments
	$(SAY) 'ruff, yamllint, shellcheck, ansible-lint, antsibull-changelog'
	@ruff check --quiet .
	@ruff format --check --quiet . || { echo 'Some files are not formatted: make format, then look at the diff.'; exit 1; }
	@yamllint --strict .
	@shellcheck .ci/run $$(git ls-files --cached --others --exclude-standard '*.sh')
	@mkdir -p .build
	@# The examples are named, since .ansible-lint leaves them out for Galaxy's import.
	@ansible-lint --offline --nocolor . $$(git ls-files 'docs/examples/*.yml') >.build/lint.log 2>&1 || { grep -v '^WARNING' .build/lint.log; exit 1; }
	@tail -n 1 .build/lint.log
	@antsibull-changelog lint

format: $(VENV) ## let ruff format and sort what it can
	$(SAY) 'ruff'
	@ruff check --quiet --fix-only .
	@ruff format .

licenses: $(VENV) ## reuse: the license of each file
	$(SAY) 'reuse lint'
	@reuse lint --quiet || { reuse lint; exit 1; }

workflows: ## actionlint: the workflows of .github
	$(SAY) 'actionlint'
	@tests/tools/actionlint.sh .github/workflows/*.yml

vulnerabilities: $(VENV) ## pip-audit: known faults of the required versions, where their list can be reached
	$(SAY) 'pip-audit'
	@tests/tools/pip-audit.sh

types: $(VENV) ## mypy, strict
	$(SAY) 'mypy --strict'
	@mypy

collection: $(VENV) # build the collection and install it below .build, as a user has it
	$(SAY) 'built and installed below .build'
	@rm -rf .build/collections .build/dist
	@ansible-galaxy collection build --output-path .build/dist >/dev/null
	@ANSIBLE_COLLECTIONS_PATH=.build/collections ansible-galaxy collection install --offline --no-deps \
	  --collections-path .build/collections .build/dist/*.tar.gz >/dev/null
	@# ansible-test and antsibull-docs ask the nearest git repository for the list of files; the checkout's ignores .build.
	@git init --quiet $(BUILT)

galaxy: collection ## galaxy-importer: what Galaxy checks at an import
	$(SAY) 'galaxy-importer'
	@tests/tools/galaxy.sh .build/dist/*.tar.gz

sanity: collection ## ansible-test sanity, all tests, on the built collection
	$(SAY) 'ansible-test sanity, about a minute the first time'
	@tests/tools/sanity.sh $(BUILT)

unit: $(VENV) ## unit tests
	$(SAY) 'tests/unit'
	@pytest -n auto tests/unit

ansible-units: $(VENV) ## ansible-test units: the unit tests in Ansible's own way
	$(SAY) 'ansible-test units'
	@tests/tools/ansible-units.sh

mutants: $(VENV) ## small faults in _tenant/ that its unit tests must detect (MUTANTS="FILE ...")
	$(SAY) 'tests/tools/mutants.py, minutes a file'
	@.venv/bin/python tests/tools/mutants.py --least 95 $(MUTANTS)

emulator-test: $(VENV) ## tests of the Okta emulator
	$(SAY) 'tests/emulator'
	@pytest -n auto tests/emulator

contract: $(VENV) ## how many recorded requests the emulator answers as Okta did
	@PYTHONPATH=tests python -m emulator.contract

playbook-test: $(VENV) ## playbooks and modules, run by Ansible against the emulator
	$(SAY) 'tests/integration'
	@pytest -n auto tests/integration

browser-test: $(VENV) ## the audit report's page in Chromium; skipped where there is none
	$(SAY) 'tests/browser'
	@pytest -rs tests/browser

soak-part: $(VENV) # the representative cases of soak only; playbook-test includes them
	$(SAY) 'tests/integration/test_soak.py, test_leaks.py'
	@pytest -n auto tests/integration/test_soak.py tests/integration/test_leaks.py

soak: $(VENV) ## interrupted runs, fault injection and concurrent runs at every point (SOAK="--suite kill"); hours
	$(SAY) 'tests/soak'
	@PYTHONPATH=tests python -m soak $(SOAK)

bench: $(VENV) ## the cost of onboarding, compared with alternatives (BENCH="--full")
	$(SAY) 'tests/benchmarks, minutes; with --full hours'
	@PYTHONPATH=tests python -m benchmarks $(BENCH)

ee: collection ## the execution environment: introspect, create; with podman the image, and the demo in it (EE="--pinned-base")
	$(SAY) 'execution-environment.yml'
	@.venv/bin/python tests/tools/ee.py $(EE)

molecule: $(VENV) ## the role's molecule scenarios
	$(SAY) 'extensions/molecule'
	@cd extensions && ANSIBLE_COLLECTIONS_PATH='$(CURDIR)/playbooks/collections' molecule test --all

docs: collection ## the documentation: its checks, and the site in .build/site
	$(SAY) 'antsibull-docs lint-collection-docs, sphinx'
	@cd $(BUILT) && antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs self .
	@.venv/bin/python tests/tools/site.py .build/collections

matrix: ## unit and playbook tests on several ansible-core (CORES="2.16 2.21")
	$(SAY) 'ansible-core $(CORES)'
	@$(PYTHON) tests/tools/matrix.py $(CORES)

clean: ## remove what the targets created
	$(SAY) 'removes .venv and .build'
	@rm -rf .venv .build
