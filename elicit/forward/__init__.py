"""The forward process: chains that reveal profiles, answers stripped from them, and rows for training.

Random stripping is absorbing-state (masked) discrete diffusion: it trains the belief. It does not train the order of
questions; that is what ``order`` says. May import ``language``, ``models``, ``profiles``, ``dialogues``, ``domains``,
``basis`` and ``statistics``.
"""

from elicit.forward.chains import Chain, ChainRules, Silence, build_chains, chain_columns
from elicit.forward.orders import Order, facet_order, said_codes, specificity
from elicit.forward.pairs import PairRow, Worth, best_and_other, pair_rows
from elicit.forward.rows import (
    MessagesRow,
    PromptOnlyRow,
    PromptRow,
    TextRow,
    messages_rows,
    prompt_only_rows,
    prompt_rows,
    text_rows,
)
from elicit.forward.schedules import (
    PROGRESSIVE,
    RANDOM,
    Schedule,
    parse_schedule,
    strip_chains,
    strip_codes,
    strip_counts,
    stripping_places,
)
from elicit.forward.splits import Split, split_people
from elicit.forward.states import (
    LINE_END,
    LISTING_HEAD,
    LISTING_TAIL,
    PROFILE_EMPTY,
    PROFILE_HEAD,
    PROFILE_TAIL,
    SYSTEM_LINE,
    answer_line,
    dialogue_state,
    facet_mark,
    listing_line,
    profile_line,
    profile_state,
)
from elicit.forward.writer import Writer
from elicit.forward.writing import Weighing, write_chains

__all__ = [
    "LINE_END",
    "LISTING_HEAD",
    "LISTING_TAIL",
    "PROFILE_EMPTY",
    "PROFILE_HEAD",
    "PROFILE_TAIL",
    "PROGRESSIVE",
    "RANDOM",
    "SYSTEM_LINE",
    "Chain",
    "ChainRules",
    "MessagesRow",
    "Order",
    "PairRow",
    "PromptOnlyRow",
    "PromptRow",
    "Schedule",
    "Silence",
    "Split",
    "TextRow",
    "Weighing",
    "Worth",
    "Writer",
    "answer_line",
    "best_and_other",
    "build_chains",
    "chain_columns",
    "dialogue_state",
    "facet_mark",
    "facet_order",
    "listing_line",
    "messages_rows",
    "pair_rows",
    "parse_schedule",
    "profile_line",
    "profile_state",
    "prompt_only_rows",
    "prompt_rows",
    "said_codes",
    "specificity",
    "split_people",
    "strip_chains",
    "strip_codes",
    "strip_counts",
    "stripping_places",
    "text_rows",
    "write_chains",
]
