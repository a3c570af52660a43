"""From the name of a model to the model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from elicit.dialogues import Speaker
from elicit.models.cache import CachedModel, ReplyStore
from elicit.models.chat import ChatModel
from elicit.models.endpoint import EndpointModel
from elicit.models.metered import Budget, MeteredModel
from elicit.models.scripted import ScriptedModel
from elicit.models.settings import ModelSettings

OpenModels = Mapping[Speaker, ChatModel]


def open_model(settings: ModelSettings) -> ChatModel:
    """Return the model that the settings name.

    Raises:
        InputError: a file, a model or an environment variable that is not there.
        UnavailableError: a library that is not installed.
    """
    if settings.spec.startswith("scripted:"):
        return ScriptedModel.open(settings.spec)
    if settings.spec.startswith("hf:"):
        from elicit.models.local import LocalModel

        return LocalModel.open(settings.spec)
    settings.sent_headers()  # A missing variable is told before the first call.
    return EndpointModel(settings)


def check_model(settings: ModelSettings) -> None:
    """Look for everything that a model needs before its first call, without loading or calling it.

    Raises:
        InputError: a file, a model or an environment variable that is not there.
        UnavailableError: a library that is not installed.
    """
    if settings.spec.startswith("hf:"):
        from elicit.models.local import check_local

        check_local(settings.spec)
    else:
        open_model(settings)


@asynccontextmanager
async def open_models(
    settings: Mapping[Speaker, ModelSettings], budget: Budget, cache: Path | None
) -> AsyncIterator[OpenModels]:
    """Open the models of a run, with their replies kept in ``cache`` if it is named, and close them at the end."""
    store = ReplyStore(cache) if cache else None
    inner = {side: open_model(one) for side, one in settings.items()}
    try:
        kept = {side: CachedModel(model, store) if store else model for side, model in inner.items()}
        yield {side: MeteredModel(model, settings[side], budget) for side, model in kept.items()}
    finally:
        for model in inner.values():
            if isinstance(model, EndpointModel):
                await model.aclose()
        if store:
            store.close()
