"""What a recipe says of a language model that learns to ask."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, Self

from pydantic import Field, PositiveInt, field_validator, model_validator

from elicit.domains import Frozen
from elicit.forward import Order, parse_schedule
from elicit.questioners.causal import State
from elicit.training import NO_TRACKER

CHAINS: Final = "chains"
"""The teacher that is nobody: a model learns from chains in the order of generality or frequency."""


class Asking(StrEnum):
    """How a trained model asks; the part of a questioner's name after the last hyphen."""

    MARK = "mark"
    """It names the facet by one token; the words are the facet's."""
    HELD = "held"
    """It words the question, held to the wordings of what may be asked."""
    LIKELY = "likely"
    """It asks for the facet whose wordings together are the most probable: slower, for models without marks."""
    FREE = "free"
    """It writes freely, and what it wrote is read."""
    HYBRID = "hybrid"
    """Its teacher chooses the facet and the model words the question."""
    RERANK = "rerank"
    """It proposes 16 facets, and the network's expected gain chooses among them."""


class PreferenceRecipe(Frozen):
    """How a model that asks already is taught which of two questions is worth more (DPO).

    Attributes:
        pairs: of questions, each in another state.
        beta: how strongly the model is held near to what it was.
        batch: pairs a step on each device.
        learning_rate: the highest.
    """

    pairs: PositiveInt = 4000
    beta: float = Field(default=0.1, gt=0)
    batch: PositiveInt = 16
    learning_rate: float = Field(default=1e-4, gt=0, le=1)


class LanguageRecipe(Frozen):
    """How a language model is taught to ask.

    Attributes:
        trained: folder of a model that ``elicit train`` wrote, for any domain, which asks here as it is; nothing else
            but a teacher, who chooses for ``hybrid``, can then be said. None = a model is trained.
        base: model that learns further: the name of a fetched one, a folder, or ``OWNER/NAME`` on the Hugging Face hub;
            None = a small one of its own, with a tokenizer of its own.
        lora: rank of the low-rank adapters that are trained instead of the whole base, and merged into it at the end.
        width: of the layers of a model of its own, a multiple of 64.
        layers: of a model of its own.
        context: tokens that a model of its own can read.
        state: what the model reads before it asks: the ``dialogue``, the same as messages of a ``chat`` (of a base that
            has a chat template), or the partial ``profile`` (the paper's way).
        listed: at most so many facets (or one more than there are turns), drawn for each dialogue, may be asked in it
            and stand in a list before it; in evaluations all of them do. So a model can ask in a domain that it was not
            trained for. None = no list.
        marked: whether a token that names the facet stands before the words of a question.
        teacher: whose questions it learns: a questioner of ours, or ``chains``.
        order: of chains: by ``generality`` (the paper's) or ``frequency``.
        schedule: how chains are stripped, which makes the states that the model sees; what is taught there is the
            broadest question left.
        started: share of a teacher's dialogues that start with random questions; what the teacher would have asked
            instead is taught, but of a model that asks in words alone.
        starts: at most so many of them.
        softness: differences in worth, in units of the teacher's goal, that make a question e times less likely to be
            asked; the model is then taught how likely each question is. 0 = the teacher's choice alone. It needs marks.
        unanswered: where answers depend on luck, up to this share of them is "I don't know".
        rows: dialogues to learn from, each seen ``epochs`` times.
        epochs: see ``rows``.
        processes: that learn side by side on this machine, one a graphics card, each from its part of the dialogues. As
            many threads lead the dialogues.
        batch: dialogues a step in each process.
        accumulate: batches whose gradients are added up before a step.
        learning_rate: the highest.
        mark_weight: how much more a token that names a facet counts than a token of the words.
        preference: what is taught afterwards, by pairs of questions that the value head of the recipe's goal compares;
            None = nothing.
        tracking: who is told of the loss: ``none``, or a tracker that transformers knows, for instance ``wandb``.
    """

    trained: str | None = None
    base: str | None = None
    lora: PositiveInt | None = None
    width: int = Field(default=192, gt=0, multiple_of=64)
    layers: PositiveInt = 4
    context: int = Field(default=1024, ge=64)
    state: State = State.DIALOGUE
    listed: PositiveInt | None = None
    marked: bool = True
    teacher: str = "static-value"
    order: Literal[Order.GENERALITY, Order.FREQUENCY] = Order.GENERALITY
    schedule: str = "progressive"
    started: float = Field(default=0.6, ge=0, le=1)
    starts: PositiveInt = 9
    softness: float = Field(default=0.0, ge=0)
    unanswered: float = Field(default=0.4, ge=0, le=1)
    rows: PositiveInt = 20_000
    epochs: PositiveInt = 1
    processes: PositiveInt = 1
    batch: PositiveInt = 16
    accumulate: PositiveInt = 1
    learning_rate: float = Field(default=2e-3, gt=0, le=1)
    mark_weight: float = Field(default=4.0, gt=0)
    preference: PreferenceRecipe | None = None
    tracking: str = NO_TRACKER

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        changed = {key for key, field in type(self).model_fields.items() if getattr(self, key) != field.default}
        if self.trained is not None and (more := sorted(changed - {"trained", "teacher"})):
            raise ValueError(f"a trained model is as it is: leave out {' and '.join(more)}")
        if self.listed is not None and (self.state is State.CHAT or self.teacher == CHAINS):
            raise ValueError("listed needs state = 'dialogue' or 'profile', and a teacher")
        if self.lora is not None and self.base is None:
            raise ValueError("lora needs a base")
        if self.lora is not None and self.marked:
            raise ValueError("with lora, marked must be false: adapters do not teach the embeddings of new tokens")
        if self.processes > 1 and self.preference is not None:
            raise ValueError("preferences are learned in one process: leave out processes")
        if self.state is State.CHAT and self.base is None:
            raise ValueError("state = 'chat' needs a base: a small model of its own knows no chats")
        if self.softness and (not self.marked or self.teacher == CHAINS):
            raise ValueError("softness needs marks, and a teacher that weighs questions")
        return self

    @field_validator("schedule")
    @classmethod
    def _known_schedule(cls, text: str) -> str:
        parse_schedule(text)
        return text


def asked_by(name: str, models: Mapping[str, LanguageRecipe]) -> tuple[str, Asking] | None:
    """Return the model and the way of asking that a questioner's name means, None if it means no language model."""
    model, _, way = name.rpartition("-")
    return (model, Asking(way)) if model in models and way in set(Asking) else None
