"""Runs: the batch engine, run folders and resume.

May import ``questioners`` and every room it may import.
"""

from elicit.runs.engine import Transcript, play
from elicit.runs.folder import RunFolder, latest_run, new_run_path, provenance, read_facts
from elicit.runs.interview import Interview, Step

__all__ = [
    "Interview",
    "RunFolder",
    "Step",
    "Transcript",
    "latest_run",
    "new_run_path",
    "play",
    "provenance",
    "read_facts",
]
