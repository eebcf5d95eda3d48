"""Messages on their way: signed, at least once, sent again, given up, and told of."""

import hmac
import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from threading import Event

import pytest

from aggregator.app.backlog import backlogs, listing_record, listings, tallies
from aggregator.app.delivery import NOTICES, Attempt, deliver, is_due, retry, trial
from aggregator.errors import NotFoundError
from aggregator.model import Response
from aggregator.pipeline import Fetcher

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Receiver:
    """A path of the server that takes messages, and answers as it is told."""

    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.seen.append(({name.lower(): text for name, text in handler.headers.items()}, body))
        handler.send_response_only(self.statuses.pop(0) if self.statuses else 204)
        for name, text in self.headers.items():
            handler.send_header(name, text)
        handler.send_header("Connection", "close")
        handler.end_headers()

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.seen]

    @property
    def titles(self) -> list[str]:
        return [json.loads(body)["data"]["story"]["title"] for _, body in self.seen]


@pytest.fixture
def receiver(server, desk) -> Receiver:
    """Return what a rule of the desk's posts to."""
    receiver = Receiver()
    server.routes["/hook"] = receiver
    desk.environment = {"SECRET": SECRET}
    desk.rules = webhook(server.url("/hook"))
    desk.more = f"network: {{allow: ['{server.authority}']}}\ndefaults: {{host_delay: 0s}}\n"
    look_anew(desk)
    return receiver


def webhook(url: str, name: str = "breaking", publishers: int = 1) -> str:
    where = f"{{url: '{url}', secret: '${{SECRET}}'}}"
    return f"  - {{id: {name}, publishers: {publishers}, webhook: {where}}}\n"


def look_anew(desk) -> None:
    """Let the rules be as old as the desk's own."""
    now, desk.now = desk.now, desk.now - 2 * DAY
    desk.look()
    desk.now = now


@pytest.fixture
def send(desk) -> Callable[..., list[Attempt]]:
    """Return what tells of stories with these titles, and delivers what is due."""

    def send(*titles: str) -> list[Attempt]:
        if titles:
            desk.save(*(desk.story(title, daily=0) for title in titles))
            desk.look()
        with desk.open() as aggregator:
            return list(deliver(aggregator))

    return send


def verified(headers: dict[str, str], body: bytes) -> bool:
    """Verify as a receiver does that knows the specification alone."""
    signed = b".".join(
        [headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body]
    )
    key = b64decode(SECRET.removeprefix("whsec_"))
    expected = "v1," + b64encode(hmac.new(key, signed, sha256).digest()).decode()
    return expected in headers["webhook-signature"].split()


def test_a_message_arrives_signed_and_once(desk, receiver, send):
    (attempt,) = send("Quake 戰斧")
    assert attempt.line == "breaking (webhook): taken"
    ((headers, body),) = receiver.seen
    assert verified(headers, body)
    assert headers["content-type"] == "application/json"
    assert headers["webhook-timestamp"] == str(int(desk.now.timestamp()))
    assert json.loads(body)["id"] == headers["webhook-id"] == attempt.message.id
    assert receiver.titles == ["Quake 戰斧"]
    desk.now += DAY
    assert send() == []
    assert desk.waiting() == []


def test_what_was_not_taken_comes_again_under_the_same_id(desk, receiver, send):
    receiver.statuses = [503]
    (attempt,) = send("Quake")
    assert attempt.line == "breaking (webhook): the receiver answered 503"
    assert attempt.outlook == "again at 2025-10-17 12:00:05 UTC"
    desk.now += timedelta(seconds=4)
    assert send() == []
    desk.now += timedelta(seconds=1)
    (attempt,) = send()
    assert attempt.error is None
    (first, body), (second, again) = receiver.seen
    assert (first["webhook-id"], body) == (second["webhook-id"], again)
    assert first["webhook-timestamp"] != second["webhook-timestamp"]
    assert verified(second, again)


def test_what_became_of_messages_is_counted_by_kind(desk, receiver, send):
    receiver.statuses = [204, 500]
    send("Quake")
    send("Flood")
    with desk.open() as aggregator:
        webhook, command = tallies(aggregator)
    assert webhook.line == "webhook: 1 delivered, 1 waiting, 0 given up"
    assert command.line == "command: 0 delivered, 0 waiting, 0 given up"


def test_who_is_killed_between_sending_and_marking_sends_it_again(desk, receiver, send):
    @dataclass
    class Killed:
        network: Fetcher

        def fetch(self, requests):
            list(self.network.fetch(requests))
            raise KeyboardInterrupt

    with desk.open() as aggregator:
        desk.fetcher = Killed(aggregator.fetcher)
    with pytest.raises(KeyboardInterrupt):
        send("Quake")
    desk.fetcher = None
    (attempt,) = send()
    assert attempt.error is None
    one, other = receiver.ids
    assert one == other


def test_a_redirect_is_not_followed_and_nobody_else_hears(receiver, send, other_server):
    stranger = Receiver()
    other_server.routes["/"] = stranger
    receiver.statuses = [308]
    receiver.headers = {"Location": other_server.url("/")}
    (attempt,) = send("Quake")
    assert attempt.error == (
        "the receiver answered 308: redirects are not followed, name the address itself"
    )
    assert stranger.seen == []


@pytest.mark.usefixtures("receiver")
def test_a_private_address_has_to_be_allowed(desk, send, server):
    desk.more = ""
    (attempt,) = send("Quake")
    assert f'add "{server.authority}" to network.allow' in attempt.error
    assert server.seen == []


def test_a_receiver_that_is_down_is_asked_once_and_all_wait(desk, receiver, send):
    receiver.statuses = [500]
    attempts = send("One", "Two", "Three")
    assert len(receiver.seen) == 1
    assert [attempt.error for attempt in attempts] == ["the receiver answered 500"] * 3
    desk.now += MINUTE
    assert [attempt.error for attempt in send()] == [None] * 3


def test_a_message_that_is_refused_holds_up_no_other(receiver, send):
    receiver.statuses = [400]
    errors = [attempt.error for attempt in send("One", "Two")]
    assert errors == ["the receiver answered 400", None]


def test_a_receiver_that_is_down_holds_up_no_other(desk, receiver, send, other_server):
    other = Receiver(statuses=[500])
    other_server.routes["/hook"] = other
    desk.rules += webhook(other_server.url("/hook"), "other")
    desk.more = desk.more.replace("['", f"['{other_server.authority}', '")
    look_anew(desk)
    send("One", "Two")
    assert (len(receiver.seen), len(other.seen)) == (2, 1)


def test_who_says_gone_is_asked_no_more(desk, receiver, send):
    receiver.statuses = [410]
    assert [attempt.outlook for attempt in send("One", "Two")] == ["given up"] * 2
    desk.now += 9 * DAY
    assert send() == []
    with desk.open() as aggregator:
        (backlog,) = backlogs(aggregator)
    assert (backlog.waiting, backlog.given_up) == (0, 2)


def test_after_days_it_is_given_up_told_and_sent_when_that_is_wished(desk, receiver, send):
    receiver.statuses = [500] * 10
    send("Quake")
    for _ in range(9):
        desk.now += DAY
        send()
    with desk.open() as aggregator:
        (listing,) = listings(aggregator)
        assert listing_record(listing)["backlogs"] == [
            {
                "target": "breaking",
                "kind": "webhook",
                "waiting": 0,
                "given_up": 1,
                "since": "2025-10-17T12:00:00Z",
                "error": "the receiver answered 500",
            }
        ]
        assert not is_due(aggregator, NOTICES)
        assert retry(aggregator, "breaking") == 1
        assert is_due(aggregator, NOTICES)
    (attempt,) = send()
    assert attempt.error is None
    assert len(set(receiver.ids)) == 1


def test_what_waits_goes_where_the_configuration_says_now(desk, receiver, send, server):
    receiver.statuses = [500]
    send("Quake")
    moved = Receiver()
    server.routes["/moved"] = moved
    desk.rules = webhook(server.url("/moved"))
    desk.now += MINUTE
    send()
    assert moved.ids == receiver.ids


def test_what_no_rule_tells_any_more_is_dropped(desk, receiver, send):
    receiver.statuses = [500]
    send("Quake")
    desk.rules = "  - {id: breaking, publishers: 1, command: [tell]}\n"
    desk.now += MINUTE
    assert send() == []
    assert desk.waiting() == []


def test_no_secret_shows_in_what_went_wrong(desk, send):
    desk.environment = {"SECRET": SECRET, "TOKEN": "swordfish"}
    code = "import sys; sys.exit('it was swordfish \\x1b[31m')"
    desk.rules = f"  - {{id: breaking, publishers: 1, command: {json.dumps(python(code))}}}\n"
    desk.more = "serve: {token: '${OWNER}'}\nnetwork: {proxy: 'http://me:${TOKEN}@p.example:1'}\n"
    look_anew(desk)
    (attempt,) = send("Quake")
    assert attempt.error == "it ended with exit status 1; it said: it was *** [31m"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_command_of_the_files_own_folder_is_found_and_reads_the_message(desk, send, tmp_path):
    tell, told = tmp_path / "tell.py", tmp_path / "told"
    tell.write_text(
        f"#!{sys.executable}\nimport sys\nopen(sys.argv[1], 'w').write(sys.stdin.read())\n"
    )
    tell.chmod(0o755)
    desk.rules = f"  - {{id: breaking, publishers: 1, command: [./tell.py, '{told}']}}\n"
    look_anew(desk)
    (attempt,) = send("Quake")
    assert attempt.error is None
    assert json.loads(told.read_text())["data"]["story"]["title"] == "Quake"


def test_what_is_broken_off_at_the_end_is_nobodys_fault(desk):
    ending = Event()
    code = "import time; time.sleep(600)"
    desk.rules = f"  - {{id: breaking, publishers: 1, command: {json.dumps(python(code))}}}\n"
    look_anew(desk)
    desk.save(desk.story("Quake", daily=0))
    desk.look()

    @dataclass
    class Ending:
        """Is asked before any command runs."""

        def fetch(self, requests):
            assert requests == []
            ending.set()
            return iter(())

    desk.fetcher = Ending()
    with desk.open() as aggregator:
        assert deliver(aggregator, ending) == ()
    (message,) = desk.waiting()
    assert message.attempts == 0


@pytest.mark.usefixtures("receiver")
def test_a_receiver_that_does_not_answer_is_asked_once(desk, send):
    asked = []

    @dataclass
    class Silent:
        def fetch(self, requests):
            for request in requests:
                asked.append(request)
                yield Response(
                    feed=request.feed,
                    url="",
                    final_url="",
                    status=0,
                    at=desk.now,
                    failure="no answer within 15 s",
                )

    desk.fetcher = Silent()
    assert len(send("One", "Two")) == 2
    assert len(asked) == 1


def test_a_rule_is_tried_with_the_newest_story(desk, receiver):
    desk.save(
        desk.story("Old", daily=-60), desk.story("New", daily=-9), desk.story("Mine", diary=0)
    )
    with desk.open() as aggregator:
        (attempt,) = trial(aggregator, "breaking")
    assert attempt.error is None
    ((headers, body),) = receiver.seen
    assert verified(headers, body)
    assert json.loads(body)["type"] == "story.test"
    assert receiver.titles == ["New"]
    assert desk.waiting() == []


def test_a_trial_that_fails_says_why(desk, receiver):
    receiver.statuses = [401]
    desk.save(desk.story("New", daily=-9))
    with desk.open() as aggregator:
        (attempt,) = trial(aggregator, "breaking")
    assert attempt.error == "the receiver answered 401"


def test_what_is_not_there_is_said_so(desk):
    with desk.open() as aggregator:
        with pytest.raises(NotFoundError, match="did you mean breaking"):
            trial(aggregator, "braking")
        with pytest.raises(NotFoundError, match="no story yet"):
            trial(aggregator, "breaking")
