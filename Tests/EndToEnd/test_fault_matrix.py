"""Every fault at every point of the worker link: the next user's job starts all the same, and no job is lost."""

from fault_matrix import CASES, run_matrix


def test_no_fault_of_a_link_stops_the_next_user(make_service):
    service = make_service(access="open").start_server()
    failures = run_matrix(service, CASES, seed=1)
    assert not failures, "\n".join(failures)
