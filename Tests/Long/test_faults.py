"""The fault matrix again, with other bits and other bytes each time."""

from fault_matrix import CASES, run_matrix


def test_no_fault_of_a_link_stops_the_next_user(make_service, seed, say):
    service = make_service(access="open").start_server()
    failures = run_matrix(service, CASES, seed)
    assert not failures, "\n".join(failures)
    say(f"{len(CASES)} faults, each next user's job started in time")
