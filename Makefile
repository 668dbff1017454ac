# Nenpyo's commands. `make help` lists them.

export NENPYO_ENV ?= development
export PIP_DISABLE_PIP_VERSION_CHECK = 1

PYTHON = .venv/bin/python
DJHTML = $(PYTHON) -m djhtml --tabwidth 2 templates
ARGS =

.DEFAULT_GOAL = help
.PHONY: help run reset test lint format types check messages bench lock prepare clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

run: ## Serve the chronology on http://127.0.0.1:8000/ (PORT=8001 make run: elsewhere)
	@sh requirements/prepare.sh run
	@exec $(PYTHON) manage.py develop

reset: ## Remove the database, uploads and datasets, so that `make run` begins anew; packages stay
	@sh requirements/prepare.sh run
	@$(PYTHON) manage.py reset

test: prepare ## Run all tests (ARGS="-k feed": some of them)
	@$(PYTHON) -m tests.chromium
	@exec $(PYTHON) -m pytest -n auto --maxprocesses 8 --dist worksteal $(ARGS)

lint: prepare ## Look for mistakes in the code and at its form
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check
	@$(DJHTML) --check
	@! LC_ALL=C.UTF-8 grep -rnE '.{161}' templates # lines a person can read

types: prepare ## Check the types
	@$(PYTHON) -m mypy

check: lint types ## All that is checked before the tests: lint, types, migrations, settings
	@$(PYTHON) manage.py makemigrations --check --dry-run
	@sh .ci/production.sh $(PYTHON) manage.py check --deploy --fail-level WARNING

format: prepare ## Put the code into its form
	@$(PYTHON) -m ruff check --fix --quiet || true
	@$(PYTHON) -m ruff format
	@$(DJHTML) || true # it fails when it has changed something

messages: prepare ## Collect what can be translated into locale/, and make it ready for the site
	@$(PYTHON) manage.py makemessages
	@$(PYTHON) manage.py compilemessages

bench: prepare ## Time the public pages beside a lean yardstick (N=100000: with more entries)
	@exec $(PYTHON) -m bench $(N) $(ARGS)

lock: ## Resolve the dependencies anew (ARGS="--upgrade-package django": newer ones)
	@sh requirements/lock.sh $(ARGS)

prepare:
	@sh requirements/prepare.sh dev

clean: ## Remove what the commands made: packages, database, uploads
	rm -rf .venv var .mypy_cache .pytest_cache .ruff_cache .hypothesis
