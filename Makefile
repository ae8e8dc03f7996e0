# Two commands do it all: `make try` to chat with the bot in a browser, `make test` to check everything.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
# More than cores: some tests wait for the clock, or for processes of their own.
WORKERS ?= 4

.PHONY: try demo test lint format types contracts pytest slow faults screenshots texts lock migration clean

try: $(READY)  ## Chat with the bot in a browser: no token, no network
	$(BIN)/sosik playground

demo: $(READY)  ## The same as a scripted conversation in the terminal
	$(BIN)/sosik playground --demo

test: lint types contracts pytest  ## Everything that must hold

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY)  ## Lay the code out, mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)  ## Who may import whom
	$(BIN)/lint-imports

pytest: $(READY)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

slow: $(READY)  ## The tests that take long: hostile documents at full size
	$(BIN)/pytest -m slow -n $(WORKERS) --dist worksteal

faults: $(READY)  ## What goes wrong, at full length: 200 kills, pauses of a minute; a table of what was lost and doubled
	SOSIK_FAULTS=full $(BIN)/pytest tests/faults -n $(WORKERS) --dist worksteal

simulate: $(READY)  ## The whole bot by seeds, killed wherever it may be: make simulate SOSIK_SEEDS=2000
	$(BIN)/python -m tests.simulation

screenshots: $(READY)  ## Take the pictures of docs/ anew (needs chromium)
	SOSIK_SCREENSHOTS=docs/images $(BIN)/pytest tests/browser -n 0

texts: $(READY)  ## Bring the catalogues up to date with the sentences in the code
	$(BIN)/python -m bot.texts.extract

lock:  ## Pin the dependencies anew (needs uv)
	uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --no-header --group dev -c requirements.lock -o requirements-dev.lock

migration: $(READY)  ## Write the migration that tables.py asks for: make migration MESSAGE="What changes"
	$(BIN)/python -m digests.store.revise "$(MESSAGE)"

$(READY): requirements.lock requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $(READY)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build *.egg-info
