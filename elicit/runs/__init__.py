"""Runs: the batch engine, run folders and resume.

May import ``questioners`` and every room it may import.
"""

from elicit.runs.engine import Transcript, play

__all__ = ["Transcript", "play"]
