#!/bin/sh
# Types and tests; the first argument is the folder of the environment's programs. What mostly waits (processes killed, clusters lost) runs
# after the types and beside all other tests, which leave a core idle now and then; it is told after them.
set -u

bin=$1
aside="tests/jobs/test_cluster.py tests/jobs/test_kills.py"
told=$(mktemp)
trap 'rm -f "$told"' EXIT

# shellcheck disable=SC2086  # a list of files
{
    nice -n 5 "$bin/mypy"
    types=$?
    nice -n 5 "$bin/python" -m pytest -p no:xdist --durations=10 $aside && [ "$types" -eq 0 ]
} >"$told" 2>&1 &
beside=$!

set --
for file in $aside; do
    set -- "$@" "--ignore=$file"
done
"$bin/python" -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=25 "$@"
tests=$?

wait "$beside"
beside=$?
cat "$told"
[ "$tests" -eq 0 ] && [ "$beside" -eq 0 ]
