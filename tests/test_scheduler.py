"""The daemon's ticks, with a clock handed in; and the clockwork, with a clock that was set."""

import signal
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from aggregator.app import Aggregator
from aggregator.app.config_source import ConfigSource
from aggregator.config import Config, load
from aggregator.config_file import read_config
from aggregator.errors import StoreLocked
from aggregator.interrupts import Interrupts
from aggregator.model import Message, Response
from aggregator.parse import parse
from aggregator.scheduler import Clockwork, Daemon
from aggregator.storage import open_store

START = datetime(2025, 10, 17, 12, tzinfo=UTC)
DOCUMENT = (
    b"<rss version='2.0'><channel><title>t</title><item><guid>1</guid>"
    b"<title>A bridge was opened in the harbour</title></item></channel></rss>"
)


class Machine:
    """Clock, network, journal and supervisor of a daemon."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "feeds.yaml"
        self.now = START
        self.asked: list[str] = []
        self.told: list[str] = []
        self.document = DOCUMENT
        self.environment: dict[str, str] = {}
        self.hangs = ""
        """An address that does not answer until it is released."""
        self.hanging, self.released = Event(), Event()
        """Set once somebody waits for that, and to end it."""
        self.delivered = Event()

    def configure(self, feeds: str, **more: str) -> None:
        sections = "".join(f"{key}: {value}\n" for key, value in more.items())
        self.path.write_text(f"version: 1\nencoder: none\n{sections}feeds:\n{feeds}")

    def daemon(self) -> Daemon:
        return Daemon(
            self.open(
                load(
                    self.path.read_text(), directory=self.path.parent, environment=self.environment
                )
            ),
            source=ConfigSource(self.path),
            journal=self,
            manager=self,
            open_=self.open,
        )

    def open(self, config: Config) -> Aggregator:
        return Aggregator(
            config, open_store(config.store), clock=lambda: self.now, fetcher=self, parse=parse
        )

    def fetch(self, requests):
        for request in requests:
            self.asked.append(request.url)
            if request.url == self.hangs:
                self.hanging.set()
                assert self.released.wait(30)
            yield Response(
                feed=request.feed,
                url=request.url,
                final_url=request.url,
                status=200,
                at=self.now,
                body=self.document,
            )

    def leave(self, kind: str, target: str) -> None:
        """Leave a message in the outbox that goes to a target."""
        message = Message(
            id=f"{kind} {target}",
            kind=kind,
            target=target,
            body="{}",
            created=self.now,
            due=self.now,
        )
        with open_store(f"sqlite:///{self.path.parent}/aggregator.db") as store:
            store.outbox.put([message])

    def ran(self, summary):
        self.told.append(f"ran {len(summary.polled)}")

    def failed(self, error):
        self.told.append(f"failed: {error}")

    def sent(self, attempt):
        self.told.append(f"sent {attempt.message.target}: {attempt.error}")
        self.delivered.set()

    def reloaded(self, config):
        self.told.append(f"reloaded {len(config.feeds)}")

    def refused(self, error):
        self.told.append(f"refused: {error}")

    def ready(self):
        self.told.append("ready")

    def reloading(self):
        self.told.append("reloading")

    def stopping(self):
        self.told.append("stopping")

    def alive(self): ...

    def status(self, _): ...


@pytest.fixture
def machine(tmp_path) -> Machine:
    machine = Machine(tmp_path)
    machine.configure("  - {url: 'https://a.example/feed', id: a}\n")
    return machine


def look_twice(daemon: Daemon) -> None:
    """A change counts once it has settled."""
    daemon.look()
    daemon.look()


def test_a_tick_polls_what_is_due(machine):
    with machine.daemon() as daemon:
        daemon.tick()
        machine.now += timedelta(minutes=1)
        daemon.tick()
        machine.now += timedelta(hours=1)
        daemon.tick()

    assert machine.told == ["ready", "ran 1", "ran 1", "stopping"]


def test_a_renamed_and_moved_feed_keeps_its_history_under_its_id(machine):
    with machine.daemon() as daemon:
        daemon.tick()
        machine.configure("  - {url: 'https://b.example/new', id: a, name: Renamed}\n")
        look_twice(daemon)
        daemon.tick()

    assert machine.asked == ["https://a.example/feed", "https://b.example/new"]
    assert machine.told[2:5] == ["reloading", "ready", "reloaded 1"]
    with machine.open(read_config(machine.path)) as aggregator:
        (story,) = aggregator.stories()
        assert [article.feed for article in story.articles] == ["a"]


def test_a_removed_feed_keeps_its_articles_and_is_not_asked(machine):
    with machine.daemon() as daemon:
        daemon.tick()
        machine.configure("  - {url: 'https://b.example/feed', id: b}\n")
        look_twice(daemon)
        machine.now += timedelta(days=1)
        daemon.tick()

    assert machine.asked == ["https://a.example/feed", "https://b.example/feed"]
    with machine.open(read_config(machine.path)) as aggregator:
        feeds = {article.feed for story in aggregator.stories() for article in story.articles}
        assert feeds == {"a", "b"}


def test_a_broken_file_is_refused_once_and_the_old_one_holds(machine):
    with machine.daemon() as daemon:
        machine.path.write_text("version: 1\nfeed: []\n")
        look_twice(daemon)
        look_twice(daemon)
        daemon.tick()

    _, _, refused, *rest = machine.told
    assert refused.startswith("refused: ")
    assert "did you mean feeds?" in refused
    assert rest == ["ran 1", "stopping"]


def test_a_store_that_another_run_holds_is_refused(machine, tmp_path):
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    with machine.daemon() as daemon, other, other.lock("somebody else"):
        machine.configure("  - {url: 'https://a.example/feed'}\n", store="sqlite:///other.db")
        look_twice(daemon)
        daemon.tick()

    assert "somebody else" in machine.told[3]
    assert "ran 1" in machine.told


def test_while_it_runs_no_other_may(machine):
    with machine.daemon(), pytest.raises(StoreLocked), machine.daemon():
        pass


HOOK, HUB = "https://hook.example/", "https://hub.example/"


@pytest.fixture
def telling(machine: Machine) -> Machine:
    """Return a machine with a rule and a hub to tell, and a message for each."""
    machine.configure(
        "  - {url: 'https://a.example/feed', id: a}\n",
        notify=f"[{{id: breaking, publishers: 1, webhook: {{url: '{HOOK}', secret: '${{KEY}}'}}}}]",
        publish=f"{{base_url: 'https://n.example', hubs: ['{HUB}']}}",
    )
    machine.environment = {"KEY": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    machine.leave("webhook", "breaking")
    machine.leave("ping", HUB)
    return machine


@pytest.mark.parametrize(("hanging", "other"), [(HOOK, HUB), (HUB, HOOK)])
def test_who_hangs_delays_neither_polls_nor_others(telling, hanging, other):
    telling.hangs = hanging
    with telling.daemon() as daemon:
        daemon.look()
        assert telling.hanging.wait(30)
        assert telling.delivered.wait(30)
        daemon.look()
        daemon.tick()
        assert "ran 1" in telling.told
        telling.released.set()

    assert sorted(telling.asked) == sorted([hanging, other, "https://a.example/feed"])
    assert {"sent breaking: None", f"sent {HUB}: None"} < set(telling.told)


def test_a_clock_that_was_set_back_stops_no_feed_for_longer_than_its_interval(machine):
    with machine.daemon() as daemon:
        machine.now += timedelta(days=365)
        daemon.tick()
        machine.now = START
        daemon.tick()

    assert len(machine.asked) == 2


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=365)])
def test_whatever_the_clock_jumps_to_a_feed_is_asked_within_its_longest_interval(machine, jump):
    with machine.daemon() as daemon:
        daemon.tick()
        machine.now += jump
        daemon.tick()
        (state,) = daemon._aggregator.feeds().values()
        assert machine.now < state.due <= machine.now + timedelta(days=1)
        machine.now = START + timedelta(minutes=1)
        daemon.tick()
        (state,) = daemon._aggregator.feeds().values()
        assert state.due <= machine.now + timedelta(days=1)
        asked = len(machine.asked)
        machine.now += timedelta(days=1)
        daemon.tick()

    assert asked in {2, 3}
    assert len(machine.asked) == asked + 1


def dated(number: int, day: datetime) -> bytes:
    return DOCUMENT.replace(
        b"<guid>1</guid>",
        f"<guid>{number}</guid><pubDate>{day:%a, %d %b %Y %H:%M:%S} GMT</pubDate>".encode(),
    )


def test_tidying_lets_go_of_what_is_old_and_of_nothing_else(machine):
    machine.configure(
        "  - {url: 'https://a.example/feed', id: a}\n",
        retention="{age: 7d}",
        publish="{max_age: 1d}",
    )
    with machine.daemon() as daemon:
        machine.document = dated(1, machine.now)
        daemon.tick()
        machine.now += timedelta(days=30)
        machine.document = dated(2, machine.now)
        daemon.tick()
        daemon.tidy()
        (story,) = daemon._aggregator.stories()

    assert [article.guid for article in story.articles] == ["2"]
    assert "failed" not in " ".join(machine.told)


def test_tidying_that_fails_is_told_and_ends_nothing(machine, tmp_path):
    with machine.daemon() as daemon:
        with closing(sqlite3.connect(tmp_path / "aggregator.db")) as database, database:
            database.execute("ALTER TABLE withdrawals RENAME TO hidden")
        daemon.tidy()
        with closing(sqlite3.connect(tmp_path / "aggregator.db")) as database, database:
            database.execute("ALTER TABLE hidden RENAME TO withdrawals")
        daemon.tick()

    ready, failed, *rest = machine.told
    assert (ready, rest) == ("ready", ["ran 1", "stopping"])
    assert failed.startswith("failed: store ")


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=20_000)])
def test_clockwork_goes_on_after_the_clock_was_set_and_ends_when_interrupted(jump):
    clockwork = Clockwork()
    runs = []

    def work() -> None:
        runs.append(1)
        raise KeyboardInterrupt

    clockwork.add(work, timedelta(seconds=2))
    (job,) = clockwork.get_jobs()
    job.modify(next_run_time=datetime.now(UTC) - jump)
    with pytest.raises(KeyboardInterrupt):
        clockwork.start()

    assert runs == [1]


def test_what_goes_on_in_spite_of_a_signal_is_interrupted_again():
    clockwork = Clockwork(Interrupts(timedelta(milliseconds=10)))
    runs = []

    def work() -> None:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert not Event().wait(30)  # what has come is being stored

    clockwork.add(lambda: runs.append(1), timedelta(hours=1))
    clockwork.add(work, timedelta(milliseconds=10))
    clockwork.add(lambda: runs.append(2), timedelta(hours=1))
    with pytest.raises(KeyboardInterrupt):
        clockwork.start()

    assert runs == [1]


def test_what_is_done_hourly_is_not_done_at_each_tick():
    clockwork = Clockwork()
    runs = []

    def often() -> None:
        runs.append("often")
        if runs.count("often") == 3:
            raise KeyboardInterrupt

    clockwork.add(lambda: runs.append("hourly"), timedelta(hours=1))
    clockwork.add(often, timedelta(milliseconds=10))
    with pytest.raises(KeyboardInterrupt):
        clockwork.start()

    assert runs.count("hourly") == 1
