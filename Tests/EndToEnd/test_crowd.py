"""Fifty users whose connections are cut and whose service is killed: nothing is lost, doubled or mixed up."""

from crowd import check_end, run_crowd
from ledger import Ledger


def test_a_crowd_on_a_dying_service_gets_its_own_pictures(make_service):
    service = make_service(access="open").start_server()
    ledger = Ledger(service)
    jobs, kills = run_crowd(service, users=50, jobs=4, seed=1, kill_every=0.4)
    assert min(kills.values()) > 0
    check_end(service, ledger, jobs)
