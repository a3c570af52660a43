"""Training causal language models to ask: lessons, rows of tokens, models of one's own, fine-tuning and DPO by TRL.

May import ``questioners`` and every room it may import.
"""

from elicit.training.bases import base_tokenizer, merged, pretrained, teach_marks, with_adapters
from elicit.training.lessons import Leading, Lessons, Teacher, chain_lessons, led_lessons
from elicit.training.preferences import PreferenceRow, pair_length, prefer, preference_rows
from elicit.training.rows import NO_LOSS, TokenRow, refuse_idle, refuse_long, token_rows
from elicit.training.scratch import own_model, own_tokenizer
from elicit.training.several import fine_tune_side_by_side
from elicit.training.sft import fine_tune
from elicit.training.trainer import NO_TRACKER, Pace, Tuned, Tuning, refuse_tracker

__all__ = [
    "NO_LOSS",
    "NO_TRACKER",
    "Leading",
    "Lessons",
    "Pace",
    "PreferenceRow",
    "Teacher",
    "TokenRow",
    "Tuned",
    "Tuning",
    "base_tokenizer",
    "chain_lessons",
    "fine_tune",
    "fine_tune_side_by_side",
    "led_lessons",
    "merged",
    "own_model",
    "own_tokenizer",
    "pair_length",
    "prefer",
    "preference_rows",
    "pretrained",
    "refuse_idle",
    "refuse_long",
    "refuse_tracker",
    "teach_marks",
    "token_rows",
    "with_adapters",
]
