"""The fault matrix again, with other bits and other bytes each time."""

import pytest
from fault_matrix import CASES, run_matrix


@pytest.mark.parametrize("saving", [False, True], ids=["one at a time", "next while saving"])
def test_no_fault_of_a_link_stops_the_next_user(make_service, seed, say, saving):
    service = make_service(access="open").start_server()
    failures = run_matrix(service, CASES, seed, saving)
    assert not failures, "\n".join(failures)
    say(f"{len(CASES)} faults, each next user's job started in time")
