"""The dependency rule, kept by walking every import of every module, also those inside functions."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "planner"
SOLVERS = {"ortools", "highspy", "pyvrp"}
STDLIB = set(sys.stdlib_module_names)

# module prefix -> (outside packages allowed, planner modules allowed); the longest prefix decides
RULES: dict[str, tuple[set[str], set[str]]] = {
    "planner.issues": (set(), set()),
    "planner.plan": ({"pandas"}, {"planner.issues"}),  # pandas only to name the type of a table
    "planner.texts": (set(), {"planner.texts"}),
    "planner.i18n": (set(), {"planner.issues", "planner.texts"}),
    "planner.typed": ({"numpy"}, set()),
    "planner.kinds": ({"numpy"}, {"planner.issues", "planner.typed"}),
    "planner.schema": ({"numpy", "pandas"}, {"planner.issues", "planner.kinds", "planner.typed"}),
    "planner.sites": ({"numpy", "pandas"}, {"planner.issues", "planner.kinds", "planner.typed", "planner.schema"}),
    "planner.scenario": ({"numpy", "pandas"}, {"planner.issues", "planner.kinds", "planner.typed", "planner.schema", "planner.sites"}),
    "planner.roads": ({"numpy", "pandas", "networkx", "scipy"}, {"planner.issues", "planner.kinds", "planner.typed"}),
    "planner.network": (
        {"numpy", "pandas", "networkx", "scipy"},
        {"planner.issues", "planner.kinds", "planner.typed", "planner.schema", "planner.sites", "planner.scenario", "planner.roads"},
    ),
    "planner.solvers": ({"numpy", "scipy"} | SOLVERS, {"planner.solvers", "planner.plan", "planner.issues"}),
    "planner.solvers.routing_ruin": ({"numpy", "numba"}, {"planner.solvers.routing_ruin_routes", "planner.solvers.routing_tails"}),
    "planner.solvers.routing_ruin_routes": ({"numba"}, set()),
    "planner.solvers.sourcing_dual": ({"numpy", "numba"}, {"planner.solvers"}),
    "planner.solvers.sourcing_hull": ({"numba"}, {"planner.solvers.sourcing_dual"}),
    "planner.solvers.sourcing_cuts": ({"numpy", "numba"}, {"planner.solvers.sourcing_dual", "planner.solvers.sourcing_hull"}),
    "planner.solvers.sourcing_nodes": ({"numpy", "numba"}, {"planner.solvers.sourcing_dual", "planner.solvers.sourcing_cuts"}),
    "planner.solvers.location_dual_loops": ({"numpy", "numba"}, set()),
    "planner.solvers.location_patterns_loops": ({"numpy", "numba"}, {"planner.solvers.location_dual_loops"}),
    "planner.solvers.location_search_loops": ({"numpy", "numba"}, set()),
    "planner.solvers.routing_columns_loops": ({"numpy", "numba"}, set()),
    "planner.solvers.location_anneal": ({"numpy", "numba"}, set()),
    "planner.problems": (
        {"numpy", "pandas", "scipy"},
        {"planner.issues", "planner.plan", "planner.kinds", "planner.typed", "planner.schema", "planner.sites", "planner.scenario", "planner.network", "planner.roads", "planner.solvers", "planner.problems"},
    ),
    "planner.catalog": (set(), {"planner.plan", "planner.problems", "planner.schema", "planner.sites"}),
    "planner.coupling": (
        {"numpy", "pandas"},
        {"planner.issues", "planner.plan", "planner.kinds", "planner.typed", "planner.schema", "planner.sites", "planner.scenario", "planner.roads", "planner.network", "planner.problems"},
    ),
    "planner.feedback": (
        {"pandas"},
        {"planner.plan", "planner.schema", "planner.scenario", "planner.roads", "planner.network", "planner.problems", "planner.study"},
    ),
    "planner.study": (
        {"numpy", "pandas"},
        {"planner.issues", "planner.plan", "planner.kinds", "planner.typed", "planner.schema", "planner.sites", "planner.scenario", "planner.roads", "planner.network", "planner.problems", "planner.catalog", "planner.coupling"},
    ),
    "planner.egalim": (set(), {"planner.plan", "planner.schema", "planner.scenario", "planner.network", "planner.problems", "planner.catalog", "planner.prices"}),
    "planner.prices": (set(), {"planner.issues", "planner.plan", "planner.schema", "planner.sites", "planner.scenario", "planner.roads", "planner.network", "planner.problems", "planner.catalog"}),
    "planner.fronts": (set(), {"planner.issues", "planner.plan", "planner.schema", "planner.scenario", "planner.roads", "planner.network", "planner.problems", "planner.catalog"}),
    "planner.coalitions": ({"numpy"}, {"planner.issues", "planner.plan", "planner.schema", "planner.sites", "planner.scenario", "planner.roads", "planner.members", "planner.study", "planner.problems", "planner.solvers"}),
    "planner.codec": ({"pandas"}, {"planner.issues", "planner.plan", "planner.kinds", "planner.typed", "planner.schema", "planner.scenario", "planner.catalog"}),
    "planner.difference": (set(), {"planner.i18n", "planner.schema", "planner.scenario"}),
    "planner.digest": (set(), {"planner.issues", "planner.plan", "planner.schema", "planner.study"}),
    "planner.draft": ({"pandas"}, {"planner.issues", "planner.schema", "planner.sites", "planner.scenario", "planner.catalog", "planner.codec", "planner.excel"}),
    "planner.members": (set(), {"planner.catalog", "planner.i18n", "planner.issues", "planner.kinds", "planner.typed", "planner.schema", "planner.sites", "planner.scenario", "planner.problems"}),
    "planner.store": (
        {"pandas"},
        {"planner.issues", "planner.plan", "planner.schema", "planner.scenario", "planner.catalog", "planner.codec", "planner.store"},
    ),
    "planner.outcomes": ({"pandas"}, {"planner.i18n", "planner.store"}),
    "planner.jobs": (
        {"pandas", "dask", "distributed", "psutil"},
        {"planner.plan", "planner.scenario", "planner.catalog", "planner.study", "planner.codec", "planner.digest", "planner.store", "planner.jobs"},
    ),
    "planner.jobs.serve": (set(), set()),  # what keeps two programs alive knows neither of them
    "planner.excel": ({"numpy", "pandas", "openpyxl"}, {"planner"}),
    "planner.docs": (set(), {"planner"}),
    "planner.report": ({"numpy", "pandas", "openpyxl"}, {"planner"}),
    "planner.charts": ({"numpy", "pandas", "altair"}, {"planner.charts", "planner.i18n"}),
    "planner.figures": (
        {"pandas"},
        {"planner.i18n", "planner.plan", "planner.kinds", "planner.typed", "planner.schema", "planner.sites", "planner.scenario", "planner.problems", "planner.study", "planner.report"},
    ),
    "planner.compared": ({"pandas"}, {"planner.i18n", "planner.plan", "planner.catalog", "planner.store"}),
    "planner.service": ({"numpy", "pandas"}, {"planner"}),
    "planner.ui": ({"pandas", "streamlit"}, {"planner"}),
    "planner.cli": ({"pandas"}, {"planner"}),
    "planner.__main__": (set(), {"planner"}),
    "planner": (set(), set()),
}  # fmt: skip
ONLY_IN = {"sqlite3": {"planner.store"}, "dask": {"planner.jobs"}, "distributed": {"planner.jobs"}, "altair": {"planner.charts"}, "streamlit": {"planner.ui"}}
HIGHER = {
    # nothing below may reach up to these
    "planner.cli": {"planner.__main__"},
    "planner.service": {"planner.cli", "planner.__main__", "app"},
    "planner.excel": {"planner.service", "planner.cli", "planner.ui"},
    "planner.report": {"planner.service", "planner.cli", "planner.ui"},
    "planner.study": {"planner.service", "planner.cli", "planner.ui", "planner.excel", "planner.report"},
}


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = list(path.relative_to(ROOT).with_suffix("").parts)
        found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


def imports(path: Path) -> set[str]:
    """Every module a file imports, wherever in the file; `from x import y` counts as x."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "planner":
                names |= {f"planner.{alias.name}" for alias in node.names}
            elif node.module:
                names.add(node.module)
    return names - {"__future__"}


def rule(module: str) -> tuple[set[str], set[str]]:
    return RULES[max((prefix for prefix in RULES if module == prefix or module.startswith(prefix + ".")), key=len)]


def breaches(module: str, path: Path) -> list[str]:
    outside, inside = rule(module)
    found = []
    for name in imports(path):
        top = name.split(".")[0]
        if top in STDLIB:
            continue
        if top == "planner":
            if not any(name == allowed or name.startswith(allowed + ".") for allowed in inside):
                found.append(name)
        elif top not in outside:
            found.append(name)
    return found


@pytest.mark.parametrize(("module", "path"), modules(), ids=[name for name, _ in modules()])
def test_imports_only_what_lies_below(module: str, path: Path) -> None:
    assert not breaches(module, path)
    for prefix, forbidden in HIGHER.items():
        if module == prefix or module.startswith(prefix + "."):
            assert not {name for name in imports(path) if any(name == up or name.startswith(up + ".") for up in forbidden)}


@pytest.mark.parametrize("package", sorted(ONLY_IN))
def test_a_package_is_known_in_one_place(package: str) -> None:
    """What may be replaced one day, or is dear to load, is imported by one part of the planner alone."""
    users = {module for module, path in modules() if any(name.split(".")[0] == package for name in imports(path))}
    assert users
    assert not {module for module in users if not any(module == home or module.startswith(home + ".") for home in ONLY_IN[package])}


@pytest.mark.parametrize("problem", ["kitchens", "routes", "purchasing"])
def test_problems_do_not_know_each_other_and_audits_trust_no_solver(problem: str) -> None:
    others = {f"planner.problems.{name}" for name in ("kitchens", "routes", "purchasing")} - {f"planner.problems.{problem}"}
    for path in (PACKAGE / "problems" / problem).glob("*.py"):
        named = imports(path)
        assert not {name for name in named if any(name.startswith(other) for other in others)}, path.name
        if path.stem in ("tables", "audit", "accepted"):
            assert not {name for name in named if name.startswith("planner.solvers") or name.split(".")[0] in SOLVERS}, path.name


def test_auditing_loads_no_solver() -> None:
    program = (
        "import sys\n"
        "import planner.problems.kitchens.audit, planner.problems.routes.audit, planner.problems.purchasing.audit\n"
        "print([name for name in ('ortools', 'highspy', 'pyvrp') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_the_rule_can_be_broken(tmp_path: Path) -> None:
    """The walk sees imports at any depth, so that a clean result means something."""
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    import highspy\n    from planner import study\n", encoding="utf-8")
    assert sorted(breaches("planner.schema", bad)) == ["highspy", "planner.study"]
