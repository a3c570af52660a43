"""Settings of models: secrets belong into the environment, and nothing that could be one is repeated."""

from __future__ import annotations

import pytest

from elicit.models import ModelSettings

SPEC = "http://127.0.0.1:9/v1#m"


def test_a_key_in_the_place_of_its_variable_is_refused_and_not_shown() -> None:
    with pytest.raises(ValueError, match="names no environment variable") as raised:
        ModelSettings(spec=SPEC, key="hf_MySecretToken123456")
    assert "MySecret" not in str(raised.value)
    assert ModelSettings(spec=SPEC, key="SHOP_KEY").sent_key() == ""


def test_a_variable_may_be_called_anything_if_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("my_key", "plain-word-key")
    assert ModelSettings(spec=SPEC, key="my_key").sent_key() == "plain-word-key"


@pytest.mark.parametrize("name", ["Authorization", "X-Api-Key", "Cookie"])
def test_a_secret_header_must_come_from_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=rf"'{name}' would be kept in files\. Write \$NAME") as raised:
        ModelSettings(spec=SPEC, headers={name: "Bearer LITERALSECRET99"})
    assert "LITERAL" not in str(raised.value)
    monkeypatch.setenv("TEAM", "tea-team-secret")
    assert ModelSettings(spec=SPEC, headers={name: "Bearer $TEAM"}).sent_headers() == {name: "Bearer tea-team-secret"}


def test_a_server_that_repeats_a_secret_is_blotted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_KEY", "plain-word-key")
    settings = ModelSettings(spec=SPEC, key="SHOP_KEY")
    assert settings.without_secrets("Your plain-word-key, please", guess=False) == "Your …, please"
    assert settings.without_secrets("bad key SecretK*****123456, or sk-abcd1234") == "bad key …, or …"
    assert settings.without_secrets("five ***** stars", guess=False) == "five ***** stars"
