"""Muon, by which a small model of one's own learns in half the steps."""

from __future__ import annotations

from typing import Any

_EMBEDDING = "embed"


def muon(model: Any, learning_rate: float, weight_decay: float) -> Any:
    """Return an optimizer: Muon for the matrices between layers, AdamW for all else (Jordan et al. 2024).

    Steps of Muon have the size of AdamW's, so that one rate fits both (Liu et al. 2025).

    Args:
        model: of transformers; weights that are not trained are left out.
        learning_rate: the highest.
        weight_decay: of both.
    """
    import torch

    class MuonAndAdamW(torch.optim.Optimizer):
        """Two optimizers as one, which share their groups of parameters with it."""

        def __init__(self) -> None:
            named = [(name, weights) for name, weights in model.named_parameters() if weights.requires_grad]
            matrices = [weights for name, weights in named if weights.ndim == 2 and _EMBEDDING not in name]
            inside = {id(weights) for weights in matrices}
            others = [weights for _, weights in named if id(weights) not in inside]
            self._parts: dict[str, torch.optim.Optimizer] = {
                "muon": torch.optim.Muon(
                    matrices, lr=learning_rate, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"
                ),
                "adamw": torch.optim.AdamW(others, lr=learning_rate, weight_decay=weight_decay),
            }
            super().__init__(self._groups(), {})

        def step(self, closure: Any = None) -> Any:
            for part in self._parts.values():
                part.step()

        def state_dict(self) -> dict[str, Any]:
            return {name: part.state_dict() for name, part in self._parts.items()}

        def load_state_dict(self, state_dict: dict[str, Any]) -> None:
            for name, part in self._parts.items():
                part.load_state_dict(state_dict[name])
            self.param_groups = self._groups()

        def _groups(self) -> list[dict[str, Any]]:
            return [group for part in self._parts.values() for group in part.param_groups]

    return MuonAndAdamW()
