"""The Hugging Face hub, where what was made here can be put."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from elicit.basis import InputError, UnavailableError


def refuse_repository(name: str) -> None:
    """Raise InputError unless the hub can have a repository of this name, ``OWNER/NAME``."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # not said to be exported

    try:
        validate_repo_id(name)
    except HFValidationError as error:
        line = str(error).splitlines()[0].rstrip(".")
        raise InputError(f"no name for a repository: {line}", where="--push-to-hub", remedy="OWNER/NAME") from None


def put_on_hub(folder: Path, repository: str, kind: Literal["model", "dataset"]) -> None:
    """Put a folder on the hub; a new data set is private, since the terms of its people may not allow more.

    Args:
        folder: what is put there.
        repository: ``OWNER/NAME``; made if there is none.
        kind: what it is.

    Raises:
        UnavailableError: no network, no token, or no right to write there.
    """
    from huggingface_hub import HfApi

    try:
        HfApi().create_repo(repository, repo_type=kind, private=kind == "dataset", exist_ok=True)
        if kind == "dataset" and not HfApi().repo_info(repository, repo_type=kind).private:
            raise PermissionError("it is there already, and public")
        HfApi().upload_folder(repo_id=repository, repo_type=kind, folder_path=folder)
    # The client fails in the ways of its HTTP library, of its Rust part and of the disk: no class in common.
    except Exception as error:  # noqa: BLE001
        line = next(iter(str(error).splitlines()), type(error).__name__)[:160]
        raise UnavailableError(f"{folder} cannot be put on the hub as '{repository}' ({line}); it lies here") from None
