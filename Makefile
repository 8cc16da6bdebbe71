# Everything a newcomer needs: `make demo` solves the sample, `make test` runs the tests, `make app` opens the editor on the sample.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo app test lint docs scenarios clean

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

demo: $(STAMP)
	@mkdir -p out
	$(BIN)/planner solve scenarios/la_rochelle_rochefort.xlsx -o out/la_rochelle_rochefort_resultat.xlsx --seconds 35 --seed 1

app: $(STAMP)
	$(BIN)/planner serve

# Searches are compiled first, on both cores: processes of the tests would each compile them for itself. Types are checked beside the tests,
# for alone they leave a core idle; what is wrong with them is said last.
test: $(STAMP)
	sh scripts/system_packages.sh
	$(BIN)/ruff check .
	$(BIN)/planner prepare
	@$(BIN)/mypy >/dev/null 2>&1 & types=$$!; \
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=25; tests=$$?; \
	wait $$types || $(BIN)/mypy || exit 1; exit $$tests

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: $(STAMP)
	$(BIN)/planner docs docs

scenarios: $(STAMP)
	$(BIN)/python -m scenarios.build

clean:
	rm -rf $(VENV) out build *.egg-info
