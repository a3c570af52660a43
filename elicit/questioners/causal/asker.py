"""A causal language model that asks, on disk and in memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from elicit.basis import InputError
from elicit.domains import Domain, Facet
from elicit.models.libraries import load_transformers
from elicit.questioners.causal.script import Script, State

FACTS: Final = "elicit.json"
"""The file by which a folder is known as a model that asks."""
_FACETS: Final = "facets.jsonl"
_KIND: Final = "language model that asks"
_WEIGHTS: Final = "*.safetensors"
_ANEW: Final = "Train it anew"


@dataclass(frozen=True)
class Asker:
    """A model, what it reads and writes, and where it comes from.

    Attributes:
        model: a causal language model of transformers, in evaluation mode.
        script: the texts of its domain in its tokens.
        stops: whether it was taught to end a dialogue.
        origin: what it was trained from and for: ``domain``, ``recipe`` and so on.
    """

    model: Any
    script: Script
    stops: bool
    origin: Mapping[str, str]

    @property
    def context(self) -> int:
        """Tokens that it can read and write, all in all."""
        return int(self.model.config.get_text_config().max_position_embeddings)

    def in_domain(self, domain: Domain, order: tuple[int, ...]) -> Asker:
        """Return the same model asking in another domain.

        Args:
            domain: what is asked there.
            order: int[facets], in which order a profile is told there.
        """
        return replace(self, script=replace(self.script, domain=domain, order=order))

    def save(self, folder: Path) -> None:
        """Write a checkpoint of transformers with what elicit must know of it into an empty folder."""
        self.model.save_pretrained(folder)
        self.script.tokenizer.save_pretrained(folder)
        domain = self.script.domain
        lines = [facet.model_dump_json(exclude_defaults=True) for facet in domain.facets]
        (folder / _FACETS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        facts = {
            "kind": _KIND,
            "origin": dict(self.origin),
            "domain": {"name": domain.name, "title": domain.title, "invented": domain.invented},
            "state": self.script.state.value,
            "marked": self.script.marked,
            "order": list(self.script.order),
            "listed": self.script.listed,
            "stops": self.stops,
        }
        facts["weights"] = _hash(folder, facts)
        (folder / FACTS).write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, origin: Mapping[str, str] | None = None) -> Asker:
        """Read what :meth:`save` wrote. Code that comes with a checkpoint is never run.

        Args:
            folder: where it lies.
            origin: what it must have been trained from and for, as far as it matters.

        Raises:
            InputError: no such folder, of another origin, truncated, changed, or not ours.
            UnavailableError: a library that is missing.
        """
        facts = _facts(folder)
        for name, wanted in (origin or {}).items():
            stored = facts["origin"].get(name)
            if stored != wanted:
                problem = f"comes from another {name} ({stored}, now {wanted})"
                raise InputError(problem, where=str(folder), remedy=_ANEW)
        if facts.pop("weights") != _hash(folder, facts):
            raise InputError("the model is not as it was written", where=str(folder), remedy=_ANEW)
        transformers = load_transformers()
        import torch
        from safetensors import SafetensorError

        local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **local)
            model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype="auto", **local)
            model.to("cuda" if torch.cuda.is_available() else "cpu")
            script = Script(
                _domain(folder, facts["domain"]),
                tokenizer,
                State(facts["state"]),
                bool(facts["marked"]),
                tuple(facts["order"]),
                facts["listed"],
            )
            return cls(model.eval(), script, bool(facts["stops"]), dict(facts["origin"]))
        except (OSError, ValueError, RuntimeError, KeyError, TypeError, SafetensorError) as error:
            line = next(iter(str(error).splitlines()), type(error).__name__)
            raise InputError(f"cannot be loaded ({line[:200]})", where=str(folder), remedy=_ANEW) from None


def refuse_stranger(folder: Path, domain: Domain) -> None:
    """Raise InputError unless a model lies in a folder that can be sent to a domain; its weights are not looked at."""
    facts = _facts(folder)
    if facts["origin"].get("domain") == domain.hash:
        raise InputError(
            "was trained in this domain, perhaps on people who would be asked here",
            where=str(folder),
            remedy="Its measured table stands in its card",
        )
    if facts["marked"]:
        problem = "names facets by tokens of its own domain, and cannot ask in another one"
        raise InputError(problem, where=str(folder), remedy="Train one with marked = false, and listed")


def _domain(folder: Path, facts: Mapping[str, Any]) -> Domain:
    lines = (folder / _FACETS).read_text(encoding="utf-8").split("\n")[:-1]
    return Domain(facets=tuple(Facet.model_validate_json(line) for line in lines), **facts)


def _hash(folder: Path, facts: Mapping[str, Any]) -> str:
    """Return the SHA-256 of everything by which a folder's model asks, elicit's own facts too."""
    found = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    named = ("config.json", "tokenizer.json", "chat_template.jinja", _FACETS)
    for path in (*(folder / name for name in named), *sorted(folder.glob(_WEIGHTS))):
        found.update(path.read_bytes() if path.is_file() else b"")
    return found.hexdigest()


def _facts(folder: Path) -> dict[str, Any]:
    path = folder / FACTS
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise InputError(f"no {_KIND} here (there is no {FACTS})", where=str(folder)) from None
    except ValueError:
        facts = None
    if not isinstance(facts, dict) or facts.get("kind") != _KIND:
        raise InputError(f"not a {_KIND}", where=str(path), remedy=_ANEW)
    needed = {"origin", "domain", "state", "marked", "order", "listed", "stops", "weights"}
    if missing := sorted(needed - facts.keys()):
        problem = f"says nothing of '{missing[0]}': it was written by another version of elicit"
        raise InputError(problem, where=str(path), remedy=_ANEW)
    return facts
