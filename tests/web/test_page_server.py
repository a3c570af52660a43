"""The page in a browser, and the server behind it."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from small_pages import HOSTILE, lamp_shop, person

from elicit.basis import InputError, UnavailableError
from elicit.web import Asking, address_of, application, is_open_to_others, listening

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "0.0.0.0"])]
Serving = Callable[[Asking], str]


@pytest.fixture
def serving() -> Iterator[Serving]:
    """Return what serves a page on a free port and returns its address."""
    started: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(asking: Asking) -> str:
        opened = listening("127.0.0.1", 0)
        server = uvicorn.Server(uvicorn.Config(application(asking), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([opened],))
        thread.start()
        started.append((server, thread))
        while not server.started:
            time.sleep(0.01)
        return address_of(opened)

    yield start
    for server, thread in started:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


def fetched(url: str, **headers: str) -> tuple[int, Any, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def test_the_answers_of_two_browsers_do_not_meet(serving: Serving) -> None:
    url = serving(lamp_shop())
    first, second = (json.loads(fetched(f"{url}view?answers={a}")[2])["count"] for a in ("0.0", "0.1"))
    again = json.loads(fetched(f"{url}view?answers=0.0")[2])["count"]
    assert (first, second) == ("Question 2 of at most 3 · 3 items left", "Question 2 of at most 3 · 2 items left")
    assert again == first


def test_wrong_answers_get_one_line(serving: Serving) -> None:
    url = serving(lamp_shop())
    code, _, text = fetched(f"{url}view?answers=7.0")
    assert (code, json.loads(text)) == (400, {"problem": "answers: there is no facet 7"})
    assert fetched(f"{url}elsewhere")[0] == 404


def test_the_page_allows_nothing_but_itself(serving: Serving) -> None:
    url = serving(lamp_shop(label=HOSTILE))
    for path in ("", "page.css", "page.js", "view"):
        code, headers, text = fetched(url + path)
        assert code == 200
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; script-src 'self';")
        assert headers["Cache-Control"] == "no-store"
        assert "://" not in text
    assert "innerHTML" not in fetched(f"{url}page.js")[2]


def test_a_page_elsewhere_that_got_our_address_is_refused(serving: Serving) -> None:
    url = serving(lamp_shop())
    assert fetched(f"{url}view", Host="shop.example")[0] == 400
    assert fetched(f"{url}view", Host="localhost:7860")[0] == 200


def test_a_port_that_is_taken_and_addresses_that_are_none() -> None:
    with listening("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        assert not is_open_to_others(first)
        with pytest.raises(
            UnavailableError, match=rf"127\.0\.0\.1, port {port} \(address already in use\)\. Name anot"
        ):
            listening("127.0.0.1", port)
    with listening("0.0.0.0", 0) as wide:
        assert is_open_to_others(wide)
        assert address_of(wide).startswith("http://127.0.0.1:")
    for host, port in (("127.0.0.1", 65536), ("127.0.0.1", -1), ("", 0), ("300.1.1.1", 0)):
        with pytest.raises(InputError, match=r"there is no (port|address)"):
            listening(host, port)


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_an_address_of_the_newer_kind_stands_in_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    class Opened:
        def getsockname(self) -> tuple[str, int, int, int]:
            return "::1", 80, 0, 0

    assert address_of(Opened()) == "http://[::1]:80/"  # type: ignore[arg-type]


class Tab:
    """A page in a browser of its own, driven as a person does."""

    def __init__(self, chromium: Any, url: str, width: int) -> None:
        self.troubles: list[str] = []
        self.asked: list[str] = []
        self.page = chromium.new_context(viewport={"width": width, "height": 800}).new_page()
        self.page.on("console", lambda message: self.troubles.append(message.text))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(url)
        self.page.wait_for_selector("#choices button")

    @property
    def title(self) -> str:
        return str(self.page.inner_text("h1"))

    @property
    def count(self) -> str:
        return str(self.page.inner_text("#count"))

    @property
    def panels(self) -> list[str]:
        return list(self.page.locator("h2").all_text_contents())

    def settled(self, doing: Callable[[], object]) -> None:
        """Do something that asks the server, and wait until the page has changed."""
        with self.page.expect_response(lambda reply: "/view" in reply.url):
            doing()
        self.page.wait_for_selector("main[aria-busy=false]")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.settled(lambda key=key: self.page.keyboard.press(key))

    def click(self, where: str) -> None:
        self.settled(lambda: self.page.click(where))


@pytest.fixture
def tab(chromium: Any, serving: Serving) -> Iterator[Callable[..., Tab]]:
    """Return what opens a page; it may not complain, and may ask nobody but the server."""
    opened: list[tuple[Tab, str]] = []

    def show(asking: Asking, width: int = 1100, url: str = "") -> Tab:
        address = url or serving(asking)
        opened.append((Tab(chromium, address, width), address))
        return opened[-1][0]

    yield show
    for one, address in opened:
        assert one.troubles == []
        assert all(url.startswith((address, "data:,")) for url in one.asked)
        one.page.context.close()


@pytest.mark.consumer
def test_a_whole_interview_by_mouse(tab: Callable[..., Tab]) -> None:
    one = tab(person())
    assert (one.title, one.count) == ("Do you like green tea?", "Question 1 of at most 3")
    assert one.page.is_disabled("#back")
    assert one.page.is_disabled("#again")
    one.click("#choices button:has-text('yes')")
    assert one.title == "Do you take milk?"
    assert one.panels == ["What we believe about you", "You might like", "Your answers"]
    assert one.page.locator("aside b").all_text_contents() == ["milk: no", "Sencha", "Cake", "Assam"]
    one.click("#back")
    assert one.title == "Do you like green tea?"
    one.click("#skips button:has-text('know')")
    assert one.page.locator("dd").all_text_contents() == ["Don't know"]
    one.click("#choices button:has-text('no')")
    while one.page.is_visible("#choices"):
        one.click("#choices button >> nth=0")
    assert one.count == "3 questions asked" or one.title == "No question would tell more."
    one.click("#again")
    assert (one.title, one.panels) == ("Do you like green tea?", ["What we believe about you", "You might like"])


@pytest.mark.consumer
def test_a_whole_catalog_by_keys_alone(tab: Callable[..., Tab]) -> None:
    one = tab(lamp_shop())
    one.press("3")
    assert one.title == "This one fits"
    one.press("b", "1")
    assert (one.title, one.count) == ("What may it cost?", "Question 2 of at most 3 · 3 items left")
    assert one.page.evaluate("document.activeElement.id") == "title"
    assert one.page.inner_text("#said") == one.count
    one.page.keyboard.press("9")
    one.page.keyboard.press("Control+b")
    one.press("0")
    assert one.title == "Shall it be dimmable?"
    one.press("Backspace", "Backspace")
    assert one.page.is_disabled("#back")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.parentElement.id") == "choices"
    one.press("Enter")
    assert one.count.endswith("3 items left")


@pytest.mark.consumer
def test_who_wants_none_of_these_is_told_what_to_give_up_and_can_go_back(tab: Callable[..., Tab]) -> None:
    one = tab(lamp_shop(nones=["room"]))
    choices = one.page.locator("#choices button > span:first-child").all_text_contents()
    assert choices == ["desk", "bed", "floor", "None of these"]
    one.press("4")
    assert (one.title, one.count) == ("Nothing fits all your answers", "1 question asked · 0 items left")
    assert one.page.inner_text("#why") == "Give up your answer on room, and these do."
    assert one.page.locator("dd .dropped").all_text_contents() == ["None of these"]
    # What is taken back is gone, also where another answer leads past its question.
    one.press("b", "1", "2", "b", "b", "3")
    assert one.title == "This one fits"
    assert one.page.locator("dd > span:first-child").all_text_contents() == ["floor"]


@pytest.mark.consumer
def test_two_browsers_at_once(tab: Callable[..., Tab], serving: Serving) -> None:
    url = serving(lamp_shop())
    first, second = tab(lamp_shop(), url=url), tab(lamp_shop(), url=url)
    first.press("1")
    second.press("2")
    first.press("0")
    assert first.page.locator("dd > span:first-child").all_text_contents() == ["desk", "No preference"]
    assert second.page.locator("dd > span:first-child").all_text_contents() == ["bed"]


@pytest.mark.consumer
@pytest.mark.parametrize("make", [person, lamp_shop, lambda: lamp_shop(label=HOSTILE), lambda: person(title=HOSTILE)])
def test_nothing_is_wider_than_a_small_phone_and_names_are_text(tab: Callable[..., Tab], make: Any) -> None:
    asking = make()
    one = tab(asking, width=320)
    for key in ("1", "0", "1"):
        assert one.page.evaluate("document.documentElement.scrollWidth") == 320
        if one.page.is_visible("#choices"):
            one.press(key)
    assert one.page.evaluate("document.documentElement.scrollWidth") == 320
    assert one.page.text_content("#name") == asking.domain.title
    assert one.page.locator("img").count() == 0


@pytest.mark.consumer
def test_a_server_that_has_gone_is_said(chromium: Any, serving: Serving) -> None:
    one = Tab(chromium, serving(lamp_shop()), 1100)
    one.page.route("**/view*", lambda route: route.abort())
    one.page.keyboard.press("1")
    one.page.wait_for_selector("#trouble:visible")
    assert one.page.inner_text("#trouble") == "There is no answer from elicit serve. Is it still running?"
    assert one.title == "Where shall it stand?"
    one.page.unroute("**/view*")
    one.press("1")
    assert not one.page.is_visible("#trouble")
    one.page.context.close()
