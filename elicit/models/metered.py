"""What models cost, and when that is enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from elicit.dialogues import Usage
from elicit.models.chat import ChatModel, ModelError, ModelFault, Reply, Request
from elicit.models.settings import ModelSettings

_MILLION = 1e6


def cost(reply: Reply, settings: ModelSettings) -> Usage:
    """Return what one reply has used; one from the cache has sent and received nothing."""
    if reply.cached:
        return Usage(calls=1, cached=1)
    sent, received = reply.prompt_tokens * settings.price_prompt, reply.reply_tokens * settings.price_reply
    return Usage(
        calls=1,
        prompt_tokens=reply.prompt_tokens,
        reply_tokens=reply.reply_tokens,
        money=(sent + received) / _MILLION,
    )


@dataclass
class Budget:
    """Money that all models of a run may spend together.

    Attributes:
        limit: None = without limit.
        spent: so far.
    """

    limit: float | None
    spent: float = 0.0

    @property
    def is_spent(self) -> bool:
        """Whether nothing more may be asked."""
        return self.limit is not None and self.spent >= self.limit


@dataclass(frozen=True)
class MeteredModel:
    """A model that is asked only while there is money. What is on its way when the money ends is still paid."""

    inner: ChatModel
    settings: ModelSettings
    budget: Budget

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self.inner.name

    @property
    def together(self) -> int:
        """As the model inside."""
        return self.inner.together

    async def complete(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        """Return the replies, or one error a request when the money is spent."""
        if self.budget.is_spent:
            spent = f"the budget of {self.budget.limit:g} is spent"
            return [ModelError(ModelFault.BUDGET, spent)] * len(requests)
        replies = await self.inner.complete(requests)
        self.budget.spent += sum(cost(reply, self.settings).money for reply in replies if isinstance(reply, Reply))
        return replies
