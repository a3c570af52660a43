"""Training causal language models to ask: lessons, rows of tokens, models of one's own, fine-tuning and DPO by TRL.

May import ``questioners`` and every room it may import.
"""

from elicit.training.bases import merged, pretrained, teach_marks, with_adapters
from elicit.training.lessons import Leading, Lessons, Teacher, chain_lessons, led_lessons
from elicit.training.preferences import PreferenceRow, prefer, preference_rows
from elicit.training.rows import NO_LOSS, TokenRow, refuse_long, token_rows
from elicit.training.scratch import own_model, own_tokenizer
from elicit.training.several import fine_tune_side_by_side
from elicit.training.sft import fine_tune
from elicit.training.trainer import Pace, Tuned, Tuning

__all__ = [
    "NO_LOSS",
    "Leading",
    "Lessons",
    "Pace",
    "PreferenceRow",
    "Teacher",
    "TokenRow",
    "Tuned",
    "Tuning",
    "chain_lessons",
    "fine_tune",
    "fine_tune_side_by_side",
    "led_lessons",
    "merged",
    "own_model",
    "own_tokenizer",
    "prefer",
    "preference_rows",
    "pretrained",
    "refuse_long",
    "teach_marks",
    "token_rows",
    "with_adapters",
]
