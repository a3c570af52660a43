"""What models cost, and when that is enough."""

from __future__ import annotations

import asyncio
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

    def refusal(self) -> ModelError | None:
        """Return what every further request gets, or None while there is money."""
        if self.limit is None or self.spent < self.limit:
            return None
        return ModelError(ModelFault.BUDGET, f"the budget of {self.limit:g} is spent")


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
        if self.together > 1:
            return await self._paid(requests)
        # One by one, so that each is paid as soon as it is there and not when the last has come.
        each = await asyncio.gather(*(self._paid([request]) for request in requests))
        return [reply for replies in each for reply in replies]

    async def _paid(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        refusal = self.budget.refusal()
        if refusal:
            return [refusal] * len(requests)
        replies = await self.inner.complete(requests)
        self.budget.spent += sum(cost(reply, self.settings).money for reply in replies if isinstance(reply, Reply))
        return replies
