"""What a seller brought in a split, on disk as soon as it is played: ``sold.parquet/``, a file a split and seller."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from elicit.basis import InputError, atomic_path
from elicit.dialogues import Dialogue
from elicit.recipes.stage import SALE_NAMES, Played

_TROUBLES: Final = b"troubles"


@dataclass(frozen=True)
class SaleShards:
    """The shards of one market.

    Attributes:
        folder: of the market.
        sellers: all of them.
    """

    folder: Path
    sellers: tuple[str, ...]

    def read(self, split: str, seller: str, cases: Sequence[str]) -> Played | None:
        """Return what came of a seller's dialogues in a split, to the last bit; None if they have not been played yet.

        Args:
            split: its name.
            seller: as the recipe names it.
            cases: ids of the dialogues, in order.

        Raises:
            InputError: the file is damaged, or of other dialogues.
        """
        path = self._path(split, seller)
        if not path.exists():
            return None
        try:
            table = pq.read_table(path, page_checksum_verification=True)
            if table.column("id").to_pylist() != list(cases):
                raise ValueError("other dialogues")
            return _played(table)
        # What is raised depends on which byte is wrong.
        except (pa.ArrowException, OSError, KeyError, TypeError, ValueError):
            raise InputError("damaged", where=str(path), remedy="Delete this file and resume") from None

    def write(self, split: str, seller: str, cases: Sequence[str], played: Played) -> None:
        """Write what came of a seller's dialogues in a split: a row a dialogue, with its words where it is kept."""
        words = {dialogue.id: dialogue.model_dump_json() for dialogue in played.kept}
        columns = {"id": pa.array(cases)}
        columns |= {name: pa.array(column) for name, column in zip(SALE_NAMES, played.values.T, strict=True)}
        columns |= {"won": pa.array(played.won), "failure": pa.array(played.failures)}
        columns["dialogue"] = pa.array([words.get(case) for case in cases], type=pa.string())
        table = pa.table(columns).replace_schema_metadata({_TROUBLES: json.dumps(played.troubles)})
        with atomic_path(self._path(split, seller)) as temporary:
            pq.write_table(table, temporary, write_page_checksum=True)

    def _path(self, split: str, seller: str) -> Path:
        return self.folder / "sold.parquet" / f"{_plain(split)}-{file_stems(self.sellers)[seller]}.parquet"


def _played(table: pa.Table) -> Played:
    values = np.stack([table.column(name).to_numpy() for name in SALE_NAMES], axis=1)
    return Played(
        values=values.astype(np.float64),
        won=table.column("won").to_numpy().astype(np.intp),
        failures=tuple(table.column("failure").to_pylist()),
        kept=tuple(Dialogue.model_validate_json(text) for text in table.column("dialogue").to_pylist() if text),
        troubles=tuple(json.loads(table.schema.metadata[_TROUBLES])),
    )


def file_stems(sellers: Sequence[str]) -> dict[str, str]:
    """Return for each seller a name that files can have; no two are the same."""
    stems: dict[str, str] = {}
    for seller in sellers:
        stem, number = _plain(seller), 2
        while stem in stems.values():
            stem, number = f"{_plain(seller)}-{number}", number + 1
        stems[seller] = stem
    return stems


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")
