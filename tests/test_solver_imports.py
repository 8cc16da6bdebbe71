"""Every solver library in one process, in both orders: two of them ship clashing copies of one library."""

import itertools
import subprocess
import sys

import pytest

PROGRAM = """
import importlib
for name in {names!r}:
    importlib.import_module(name)
import highspy
from ortools.sat.python import cp_model
from ortools.math_opt.python import mathopt
import pyvrp

h = highspy.Highs()
h.setOptionValue("output_flag", False)
h.addVar(1.0, 2.0)
h.changeColCost(0, 3.0)
h.run()
assert h.getInfo().objective_function_value == 3.0

model = cp_model.CpModel()
x = model.new_int_var(2, 9, "x")
model.minimize(x)
solver = cp_model.CpSolver()
assert solver.solve(model) == cp_model.OPTIMAL and solver.value(x) == 2

m = pyvrp.Model()
a, b = m.add_location(0, 0), m.add_location(3, 4)
m.add_depot(a)
m.add_client(b)
m.add_vehicle_type()
for start, end in ((a, b), (b, a)):
    m.add_edge(start, end, distance=5)
assert m.solve(pyvrp.stop.MaxIterations(10), display=False).cost() == 10
print("all solved")
"""


@pytest.mark.parametrize("names", list(itertools.permutations(["highspy", "ortools.sat.python.cp_model", "pyvrp"])))
def test_all_solvers_live_in_one_process(names: tuple[str, ...]) -> None:
    out = subprocess.run([sys.executable, "-c", PROGRAM.format(names=list(names))], capture_output=True, text=True, check=False)
    assert out.returncode == 0, out.stderr
    assert "all solved" in out.stdout
