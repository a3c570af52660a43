"""From the name of a model to the model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from elicit.models.cache import CachedModel, ReplyStore
from elicit.models.chat import ChatModel
from elicit.models.endpoint import EndpointModel
from elicit.models.metered import Budget, MeteredModel
from elicit.models.scripted import ScriptedModel
from elicit.models.settings import ModelSettings

OpenModels = Mapping[str, ChatModel]
"""By what they are for: ``agent``, ``user`` or ``understanding``."""


def open_model(settings: ModelSettings, budget: Budget | None = None) -> ChatModel:
    """Return the model that the settings name.

    Args:
        settings: of the model.
        budget: looked at each time that a request leaves for an endpoint, which may be long after it was made.

    Raises:
        InputError: a file, a model or an environment variable that is not there.
        UnavailableError: a library that is not installed.
    """
    if settings.spec.startswith("scripted:"):
        return ScriptedModel.open(settings.spec)
    if settings.spec.startswith("hf:"):
        from elicit.models.local import LocalModel

        return LocalModel.open(settings.spec)
    _check_secrets(settings)
    return EndpointModel(settings, budget or Budget(None))


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


def _check_secrets(settings: ModelSettings) -> None:
    """Tell what is wrong with the environment before the first call."""
    settings.sent_key()
    settings.sent_headers()


@asynccontextmanager
async def open_models(
    settings: Mapping[str, ModelSettings], budget: Budget, cache: Path | None
) -> AsyncIterator[OpenModels]:
    """Open the models of a run, with their replies kept in ``cache`` if it is named, and close them at the end.

    Raises:
        InputError: as :func:`open_model`, or ``cache`` is no file of replies.
        UnavailableError: as :func:`open_model`, or ``cache`` cannot be read or written.
    """
    async with AsyncExitStack() as stack:
        models: dict[str, ChatModel] = {role: open_model(one, budget) for role, one in settings.items()}
        for model in models.values():
            if isinstance(model, EndpointModel):
                stack.push_async_callback(model.aclose)
        if cache:
            store = ReplyStore(cache)
            stack.callback(store.close)
            models = {role: CachedModel(model, store) for role, model in models.items()}
        yield {role: MeteredModel(model, settings[role], budget) for role, model in models.items()}
