# make demo: solve and design the first bundled cascade    make test: every check    both set up .venv when needed
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint docs bench bench-peers fuzz lowest mutants lock clean

demo: .venv/.ready
	$(BIN)/sxsim solve cascades/nd_pr_p507.toml --out out/nd_pr_p507
	$(BIN)/sxsim design cascades/nd_pr_p507.toml --out out/nd_pr_p507/design

test: lint
	$(BIN)/python -m pytest

lint: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Warnings are errors, as in tests/docs/test_site.py, which builds the same site.
docs: .venv/.ready
	$(BIN)/python -m sphinx -W --keep-going -q docs build/docs
	@echo build/docs/index.html

bench: .venv/.ready
	$(BIN)/python -m benchmarks

# The peers are fetched into an environment of their own; nothing of theirs reaches the lock.
bench-peers: .venv/.ready
	$(BIN)/python -m benchmarks.peers

# 20,000 inputs, most of them damaged; each in 20 s of processor time, and none may break a rule of tests/fuzz.
fuzz: .venv/.ready
	$(BIN)/python -m tests.fuzz

# 300 small faults each in definition/ and kernels/, one at a time: how many of them the tests find.
mutants: .venv/.ready
	$(BIN)/python -m tests.mutants

# The lowest version of every requirement that pyproject.toml allows, in an environment of its own; set LOWEST to tests.
LOWEST ?= tests/cli tests/definition tests/foundation tests/report tests/startup tests/studies/test_sweep.py
lowest:
	$(PYTHON) -m venv --clear build/lowest
	$(PYTHON) tests/lowest.py > build/lowest/requirements.txt
	build/lowest/bin/python -m pip install -qq -r build/lowest/requirements.txt
	PYTHONPATH=src build/lowest/bin/python -m pytest -q -W default $(LOWEST)

# -qq: a machine with local package folders would print a warning for each.
.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install -qq --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	touch $@

# After a change of the requirements; uv has to be on the PATH, and writes no address of the machine it ran on.
lock:
	uv pip compile pyproject.toml --all-extras --group dev --universal --generate-hashes --quiet \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file requirements.lock

clean:
	rm -rf .venv build dist out .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
