"""What must hold in the database and the picture folder whenever somebody looks."""

import contextlib
import hashlib
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

from service import binaries

ENDS = ("finished", "failed", "cancelled")


class Ledger:
    """Looks at a service's database again and again, and remembers what can never change."""

    def __init__(self, service):
        self.service = service
        self.ended = {}
        self.pictures = {}
        self.known = set()

    def look(self):
        """Checks a copy of the database: by `backup` while the server runs, of its files when it is dead."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "atelier.sqlite"
            if self.service.server.poll() is None:
                subprocess.run([binaries() / "atelier-server", "backup", "--data", self.service.data, copy],
                               check=True, stdout=subprocess.DEVNULL, timeout=60)
            else:
                for file in self.service.data.glob("atelier.sqlite*"):
                    shutil.copy(file, folder)
            with contextlib.closing(sqlite3.connect(copy)) as database:
                assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert database.execute("PRAGMA foreign_key_check").fetchall() == []
                self._check_jobs(database)
                self._check_pictures(database)
                self._check_logs(database)

    def _check_jobs(self, database):
        """No job is lost, and an end is for ever."""
        jobs = {}
        for job, state, images, batch in database.execute(
                "SELECT job.id, state, (SELECT count(*) FROM image WHERE job_number = job.number), "
                "json_extract(request, '$.batch_count') FROM job"):
            jobs[job] = state
            assert state != "finished" or images == batch, (job, images, batch)
        assert self.known <= jobs.keys(), "jobs are gone"
        self.known |= jobs.keys()
        for job, state in self.ended.items():
            assert jobs[job] == state, f"{job} was {state} and is {jobs[job]}"
        self.ended.update({job: state for job, state in jobs.items() if state in ENDS})

    def _check_pictures(self, database):
        """A row keeps its owner and its file, and the file is what its name says."""
        rows = {row[0]: row[1:] for row in database.execute(
            "SELECT image.id, image.user_id, image.job_number, idx, sha256, job.user_id FROM image "
            "JOIN job ON job.number = job_number WHERE deleted = 0")}
        assert self.pictures.keys() <= rows.keys(), "pictures are gone"
        for image, row in rows.items():
            owner, _, _, name, job_owner = row
            assert owner == job_owner, f"{image} belongs to {owner}, its job to {job_owner}"
            if image in self.pictures:
                assert self.pictures[image] == row
                continue
            file = self.service.data / "images" / name[:2] / f"{name}.png"
            assert hashlib.sha256(file.read_bytes()).hexdigest() == name
            self.pictures[image] = row

    @staticmethod
    def _check_logs(database):
        """Every user's log has its numbers without gaps up to the last, and each job one end in it."""
        for user, last in database.execute("SELECT id, last_seq FROM user"):
            numbers = [number for (number,) in database.execute(
                "SELECT seq FROM event WHERE user_id = ? ORDER BY seq", [user])]
            assert numbers == list(range(last - len(numbers) + 1, last + 1)), user
        twice = database.execute(
            "SELECT job_id FROM event WHERE kind = 'job' AND state IN ('finished', 'failed', 'cancelled') "
            "GROUP BY job_id HAVING count(*) > 1").fetchall()
        assert twice == [], "jobs ended twice"
