"""Waves of fifty users until ten thousand jobs are done or the time is up."""

from crowd import check_end, run_crowd
from ledger import Ledger

JOBS = 10_000


def test_ten_thousand_jobs_reach_their_owners_alone(make_service, seed, budget, say):
    left = budget(0.35)
    service = make_service(access="open").start_server()
    ledger = Ledger(service)
    done, wave, kills = 0, 0, {"server": 0, "worker": 0}
    while done < JOBS and (left() > 0 or wave == 0):
        # The time may be up in the middle of a wave: it is finished all the same, a minute or two.
        jobs, killed = run_crowd(service, users=50, jobs=20, seed=seed, kill_every=4.0, wave=wave,
                                 workers=("a", "b", "c"))
        kills = {name: kills[name] + killed[name] for name in kills}
        done, wave = done + jobs, wave + 1
        ledger.look()
    check_end(service, ledger, done)
    poisoned = sum(state == "failed" for state in ledger.ended.values())
    say(f"{done} jobs of {50 * wave} users, {len(ledger.pictures)} pictures, none lost, none foreign; "
        f"{poisoned} failed by two kills; kills: {kills}")
