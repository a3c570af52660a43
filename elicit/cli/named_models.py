"""Models that commands name: chat models that write or read, and the sentence encoder that helps."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from elicit.basis import InputError
from elicit.cli.output import say
from elicit.domains import first_problem
from elicit.models import Encoder, ModelSettings, check_model, open_encoder


def chat_settings(spec: str, option: str, **further: Any) -> ModelSettings:
    """Return the settings of the chat model that an option names, without calling it.

    Args:
        spec: as it was named.
        option: for messages, ``--writer``.
        further: other settings, such as the temperature.

    Raises:
        InputError: no name of a model, or something that it needs is not there.
        UnavailableError: a library that is not installed.
    """
    try:
        settings = ModelSettings(spec=spec, **further)
    except ValidationError as error:
        raise InputError(first_problem(error), where=option) from None
    check_model(settings)
    return settings


def writer_encoder() -> Encoder | None:
    """Return the sentence encoder, which helps to understand what a model wrote; say so where it is not there."""
    encoder = open_encoder()
    if encoder is None:
        say("Note: without the sentence encoder (elicit models pull minilm) fewer questions are understood and used.")
    return encoder
