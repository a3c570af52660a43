"""The ground floor: same-luck draws, atomic files, errors for people, resources, threads, plug-ins.

May import nothing of ours but ``statistics``.
"""

from elicit.basis.counting import counted, listed
from elicit.basis.errors import InputError, UnavailableError, did_you_mean
from elicit.basis.files import (
    atomic_folder,
    atomic_path,
    file_hash,
    read_text,
    refuse_foreign,
    whole_letters,
    write_text,
)
from elicit.basis.luck import Luck, draw_seed, person_keys, stable_hash
from elicit.basis.resources import home, resource
from elicit.basis.threads import one_thread

__all__ = [
    "InputError",
    "Luck",
    "UnavailableError",
    "atomic_folder",
    "atomic_path",
    "counted",
    "did_you_mean",
    "draw_seed",
    "file_hash",
    "home",
    "listed",
    "one_thread",
    "person_keys",
    "read_text",
    "refuse_foreign",
    "resource",
    "stable_hash",
    "whole_letters",
    "write_text",
]
