"""A domain of seven facets, and a Llama of a few thousand parameters that asks about it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from elicit.dialogues import Transcript
from elicit.domains import Domain, Facet, Option
from elicit.questioners.causal import Asker, Script, State
from elicit.training import own_model, own_tokenizer

RANKS = tuple(Option(id=i, label=f"{i} of it") for i in ("little", "some", "much"))
DOMAIN = Domain(
    name="tiny",
    title="Tiny",
    facets=(
        *(
            Facet(
                id=f"taste {n}",
                label=f"taste for {n}",
                options=RANKS,
                wordings=(
                    f"How much {n} do you like?",
                    f"Do you eat {n}?",
                    f"Would you call yourself a friend of {n}?",
                ),
            )
            for n in ("bread", "cheese", "soup", "cake")
        ),
        *(
            Facet(id=f"dish {n}", label=n, depth=1, wordings=(f"Do you know {n}?", f"Have you had {n}?", f"{n}, yes?"))
            for n in ("ramen", "goulash", "strudel")
        ),
    ),
)
COUNTS = DOMAIN.option_counts
FACETS = len(COUNTS)


TEMPLATE = (
    "{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }} [end]\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant] {% endif %}"
)


def script(
    state: State = State.DIALOGUE,
    marked: bool = True,
    domain: Domain = DOMAIN,
    template: str | None = TEMPLATE,
    listed: int | None = None,
) -> Script:
    tokenizer = own_tokenizer(domain)
    tokenizer.chat_template = template if state is State.CHAT else None
    return Script(domain, tokenizer, state, marked, tuple(range(len(domain.facets))), listed)


def asker(state: State = State.DIALOGUE, marked: bool = True, seed: int = 1, stops: bool = False) -> Asker:
    """Return an untrained model, which asks by chance but always the same."""
    texts = script(state, marked)
    model = own_model(texts.tokenizer, 64, 1, 512, seed).eval()
    # The first weights are so small that all tokens are nearly equally probable.
    for weights in model.parameters():
        weights.data *= 4
    return Asker(model, texts, stops, {"domain": DOMAIN.hash})


def talks(*rows: Sequence[tuple[int, int]], words: Sequence[Sequence[str]] = ()) -> Transcript:
    """Return dialogues of (column, code) a turn, all of the same length."""
    table = np.array(rows, dtype=np.int16).reshape(len(rows), -1, 2)
    return Transcript(table[..., 0], table[..., 1].astype(np.int8), tuple(map(tuple, words)))
