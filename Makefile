# Every command of the project. `make` alone lists them.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

# A shell that forbids bytecode would make every process compile the same modules again.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
UNLESS_PASSED := $(BIN)/python toolchain/unless_passed.py
NEEDS_WORLD := engine or world
# The client's suite knows nothing of the sandbox: it is told where a real registry is.
REGISTRY = LANGSMITH_TEST_REGISTRY_BINARY="$$($(BIN)/langsmith-sandbox toolchain --json 2>/dev/null | sed -n 's/.*"registry": "\(.*\)",/\1/p')"

# $(call step,name,command): say what runs, and how long it took.
define step
	@SECONDS=0; echo "→ $(1)"; $(2) && echo "✓ $(1)  $${SECONDS} s" || { echo "✗ $(1)  $${SECONDS} s"; exit 1; }
endef

.PHONY: help venv tools up up-firewall down start stop status test check lint types borders suites story matrix agent unit engine bench format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: ## Install uv (if there is none) and .venv
	@toolchain/bootstrap >/dev/null

up: venv ## Stand up LangSmith Hybrid in the sandbox, deploy the agent, ask it a question
	@$(BIN)/langsmith-sandbox up

up-firewall: venv ## The same, and have a partner's firewalls let the agents' addresses in
	@$(BIN)/langsmith-sandbox up --with-firewall

down: venv ## Tear all of it down and prove that nothing is left
	@$(BIN)/langsmith-sandbox down

start: venv ## Start the sandbox alone
	@$(BIN)/langsmith-sandbox start

stop: venv ## Stop the sandbox and keep its state
	@$(BIN)/langsmith-sandbox stop

status: venv ## Say which parts of the sandbox run
	@$(BIN)/langsmith-sandbox status

tools: venv
	@$(BIN)/langsmith-sandbox toolchain --with-buildkit >/dev/null

test: venv tools lint borders ## Everything that must hold: style, types, borders, every test suite
	@echo "→ types, suites, story and the agent's tests, side by side"
	@$(MAKE) -j 4 --output-sync=target story suites types agent

check: lint types borders ## Style, types and package borders

lint: venv
	$(call step,ruff check,$(BIN)/ruff check --quiet)
	$(call step,ruff format,$(BIN)/ruff format --check --quiet)

types: venv
	$(call step,basedpyright,$(UNLESS_PASSED) '*.py' '*.toml' uv.lock -- nice -n 15 $(BIN)/basedpyright)

borders: venv
	$(call step,import-linter,$(BIN)/lint-imports --no-cache --no-logo)

# The story is the longest of the three and mostly waits; what computes beside it makes way for it. More workers than
# cores would make waits with deadlines fail for no reason of the code's.
suites: tools
	$(call step,all other tests,$(REGISTRY) nice -n 5 $(PYTEST) -q -n 2 --dist loadfile --no-loadscope-reorder packages tests --ignore=tests/story --ignore=tests/matrix)

story: tools
	$(call step,the end-to-end story,$(PYTEST) -q tests/story)

agent: venv
	$(call step,the agent's tests,(cd agents/hello-world-graph && "$$(../../toolchain/bootstrap 2>/dev/null)" run --quiet --locked --group dev pytest -q))

unit: tools ## Tests that need neither engine nor world
	$(call step,unit tests,$(REGISTRY) $(PYTEST) -q -n 2 --dist loadfile -m "not ($(NEEDS_WORLD))")

engine: tools ## Tests with the real engine against the sandbox
	$(call step,engine tests,$(PYTEST) -q -m "$(NEEDS_WORLD)")

matrix: tools ## Grow two stacks through every pair of profile, zones, network, stores and routing; takes seven minutes or more
	$(call step,the matrix,$(PYTEST) -q tests/matrix)

bench: tools ## Time our commands, beside LangChain's own where there is such a one; asserts nothing
	@$(BIN)/python benchmarks

format: venv ## Bring the code into shape
	@$(BIN)/ruff check --quiet --fix
	@$(BIN)/ruff format --quiet

clean: ## Stop the sandbox and delete its state, .venv and every cache in this folder
	@if test -x $(BIN)/langsmith-sandbox; then $(BIN)/langsmith-sandbox reset --yes; fi
	@rm -rf .sandbox .venv .pytest_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
