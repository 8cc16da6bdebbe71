"""What a process of the cluster tells, whichever of its threads has something to say."""

from __future__ import annotations

import threading

from distributed import Client, LocalCluster

from planner.jobs.task import _Told


def _from_another_thread(topic: str) -> list[str]:
    """In a task: a report from a thread of its own, as solvers with several make them; what went wrong."""
    progress, wrong = _Told("a run", topic), list[str]()

    def tell() -> None:
        try:
            progress.report("purchasing", 12.0, 10.0)
        except Exception as error:
            wrong.append(repr(error))

    thread = threading.Thread(target=tell)
    thread.start()
    thread.join()
    progress.flush()
    return wrong


def test_a_report_from_any_thread_of_a_task_arrives() -> None:
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0") as cluster, Client(cluster) as client:  # type: ignore[no-untyped-call]
        assert client.submit(_from_another_thread, "told").result(timeout=30) == []
        told = [event for _, event in client.get_events("told")]
    assert told and told[0]["step"][:1] == ["purchasing"] and told[0]["step"][2:4] == [12.0, 10.0]
