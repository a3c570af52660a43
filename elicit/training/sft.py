"""Supervised fine-tuning by TRL: rows of tokens in, a model that asks out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from elicit.training.optimizer import muon
from elicit.training.rows import NO_LOSS, TokenRow
from elicit.training.trainer import Told, Tuned, Tuning, as_data_set, run_trainer


def fine_tune(
    model: Any,
    tokenizer: Any,
    rows: Sequence[TokenRow],
    validation: Sequence[TokenRow],
    marks: Sequence[int],
    tuning: Tuning,
    folder: Path,
    seed: int,
    tell: Told = lambda pace: None,
) -> Tuned:
    """Train a model where it is; see :func:`run_trainer` for what happens when it is stopped.

    Args:
        model: a causal language model of transformers.
        tokenizer: its tokenizer.
        rows: to learn from.
        validation: of other people, for the loss that is reported.
        marks: tokens that name a facet; none where questions are not marked.
        tuning: see :class:`Tuning`.
        folder: for checkpoints.
        seed: of the order of rows and of dropout.
        tell: called now and then.

    Raises:
        KeyboardInterrupt: it was interrupted; all that was learned is in the folder.
        UnavailableError: a library is missing, the loss is no number any more, or the disk is full.
    """

    def make(settings: dict[str, Any], watch: Any) -> Any:
        from trl.trainer.sft_config import SFTConfig

        trainer = _trainer_class(model, marks, tuning.mark_weight)(
            model=model,
            args=SFTConfig(**settings, remove_unused_columns=False),
            processing_class=tokenizer,
            train_dataset=as_data_set(rows),
            eval_dataset=as_data_set(validation),
            callbacks=[watch],
            optimizers=(muon(model, tuning.learning_rate, tuning.weight_decay) if tuning.muon else None, None),
        )
        trainer.data_collator = _with_shares(trainer.data_collator, len(marks))
        return trainer

    return run_trainer(make, tuning, folder, seed, tell)


def _with_shares(collate: Callable[[list[dict[str, Any]]], dict[str, Any]], facets: int) -> Any:
    """Return a collator that also puts together how likely each mark is, float32[marks in the batch, facets]."""
    import torch

    def batch(rows: list[dict[str, Any]]) -> dict[str, Any]:
        shares = [torch.tensor(row.pop("shares")) for row in rows if row.get("shares") is not None]
        put_together = collate(rows)
        if shares:
            put_together["shares"] = torch.cat(shares).reshape(-1, facets)
        return put_together

    return batch


def _trainer_class(model: Any, marks: Sequence[int], weight: float) -> Any:
    """Return TRL's trainer with a loss that weighs marks, and may hold them to shares.

    Only where a token carries loss are the logits of all tokens computed: of a list of what may be asked and of answers
    they would be thrown away, and with a large vocabulary they may take as long as all layers below.
    """
    import torch
    from torch.nn.functional import cross_entropy
    from trl.trainer.sft_trainer import SFTTrainer

    named = torch.tensor(marks, dtype=torch.long)
    weights = torch.ones(model.get_input_embeddings().num_embeddings).index_fill(0, named, weight)

    class WeighingTrainer(SFTTrainer):
        """See above; TRL tells its makers over the network that it is used, here nobody is told."""

        def _send_telemetry(self) -> None:
            pass

        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> Any:
            labels = inputs["labels"][:, 1:]
            counted = labels != NO_LOSS
            with _only_where(counted, self.accelerator.unwrap_model(model).get_output_embeddings()):
                read = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False)
            logits, labels = read.logits.float(), labels[counted]
            each = cross_entropy(logits, labels, reduction="none")
            if "shares" in inputs:
                at = torch.isin(labels, named.to(labels.device))
                likely = logits[at].log_softmax(dim=1)[:, named.to(labels.device)]
                each = each.index_put((at,), -(inputs["shares"] * likely).sum(dim=1))
            loss = (each * weights.to(labels.device)[labels]).sum()
            if num_items_in_batch is None:
                loss = loss / len(labels)
            else:  # Tokens of all devices, over which the gradients are then averaged.
                loss = loss / num_items_in_batch * self.accelerator.num_processes
            return (loss, read) if return_outputs else loss

    return WeighingTrainer


@contextmanager
def _only_where(counted: Any, head: Any) -> Iterator[None]:
    """Let the last layer of a model see only the places whose next token is counted, bool[rows, tokens − 1]."""
    hook = head.register_forward_pre_hook(lambda layer, seen: (seen[0][:, :-1][counted],))
    try:
        yield
    finally:
        hook.remove()
