"""What a simulation can cost at most, before anything is sent."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from elicit.language import MOST_TOKENS, answer_task, question_task
from elicit.models import ModelSettings
from elicit.recipes.parties import agent_prompt, user_prompt
from elicit.recipes.prepared import Prepared
from elicit.users import Case

_LETTERS_A_TOKEN = 3
"""English has four or more; a bound must not be too low."""
_RULE_TOKENS = 60
"""A turn in template words has no more."""
_OVERHEAD = 8
"""Tokens that a chat template puts around a message."""


@dataclass(frozen=True)
class Bounds:
    """Upper bounds for all models together.

    Attributes:
        calls: requests, if every reply is usable at once.
        prompt_tokens: sent.
        reply_tokens: received.
        money: in the currency of the prices; 0 where no prices are given.
        priced: whether every model that is called has a price.
    """

    calls: int
    prompt_tokens: int
    reply_tokens: int
    money: float
    priced: bool

    def flat(self) -> dict[str, object]:
        """Return the bounds as ``--json`` shows them."""
        return {f"most_{name}": value for name, value in asdict(self).items() if name != "priced"}

    def sentence(self) -> str:
        """Return the bounds as a sentence for people."""
        if not self.calls:
            return "No model is called, so they cost nothing but seconds."
        tokens = f"{self.calls:,} calls, {self.prompt_tokens:,} tokens sent and {self.reply_tokens:,} received"
        if not self.priced:
            return (
                f"At most {tokens}; without prices in the recipe (price_prompt, price_reply) nothing is said of money."
            )
        return f"At most {tokens}, {self.money:,.2f} by the prices in the recipe."


def bounds(prepared: Prepared) -> Bounds:
    """Return upper bounds: every dialogue has all its turns, and every reply is as long as it may be."""
    recipe = prepared.recipe
    model = recipe.model_settings()
    understanding = model.pop("understanding", None)
    system = {"agent": agent_prompt(prepared), "user": _longest_user_prompt(prepared) if "user" in model else ""}
    longest = sum(model[side].max_tokens if side in model else _RULE_TOKENS for side in ("agent", "user"))
    total = Bounds(0, 0, 0, 0.0, priced=True)
    for side, settings in model.items():
        turns = recipe.questions + (1 if side == "agent" else 0)
        prompt = turns * (len(system[side]) // _LETTERS_A_TOKEN) + turns * (turns + 1) // 2 * (longest + 2 * _OVERHEAD)
        total = _plus(total, settings, recipe.dialogues * turns, recipe.dialogues * prompt)
    return total if understanding is None else _with_understanding(total, prepared, understanding, longest)


def _with_understanding(total: Bounds, prepared: Prepared, settings: ModelSettings, longest: int) -> Bounds:
    """Add one request for each turn whose meaning is not known from its codes; any question may ask for everything."""
    recipe, domain = prepared.recipe, prepared.domain
    settings = settings.model_copy(update={"max_tokens": MOST_TOKENS})
    tasks = {"agent": question_task(domain), "user": answer_task(domain.facets)}
    calls = recipe.dialogues * (recipe.questions + 1)
    for side in recipe.in_words:
        prompt = len(tasks[side]) // _LETTERS_A_TOKEN + longest + 2 * _OVERHEAD
        total = _plus(total, settings, calls, calls * prompt)
    return total


def _plus(total: Bounds, settings: ModelSettings, calls: int, prompt_tokens: int) -> Bounds:
    reply_tokens = calls * settings.max_tokens
    money = (prompt_tokens * settings.price_prompt + reply_tokens * settings.price_reply) / 1e6
    return Bounds(
        total.calls + calls,
        total.prompt_tokens + prompt_tokens,
        total.reply_tokens + reply_tokens,
        total.money + money,
        total.priced and settings.price_prompt + settings.price_reply > 0,
    )


def _longest_user_prompt(prepared: Prepared) -> str:
    prompt = user_prompt(prepared)
    people = range(min(len(prepared.people), prepared.recipe.dialogues))
    return max((prompt(Case("", "", row, 0)) for row in people), key=len)
