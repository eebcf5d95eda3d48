"""A story that passes a rule, on its way from a feed to the receiver that the docs show."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest

from aggregator.model import Message
from aggregator.storage import open_store

ROOT = Path(__file__).parents[2]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def feed(title: str) -> bytes:
    now = format_datetime(datetime.now(UTC) + timedelta(seconds=1))
    return (
        "<rss version='2.0'><channel><title>t</title>"
        f"<item><guid isPermaLink='false'>{title}</guid><title>{title}</title>"
        f"<link>https://news.example/{len(title)}</link><pubDate>{now}</pubDate></item>"
        "</channel></rss>"
    ).encode()


def rules(folder, url: str, *allowed: str) -> None:
    """Add a rule that posts to an address, which may be one of these."""
    text = (folder.path / "feeds.yaml").read_text()
    hosts = ", ".join(f"'{host}'" for host in allowed)
    webhook = f"{{url: '{url}', secret: '${{HOOK_SECRET}}'}}"
    folder.configure(
        re.sub(r"allow: \[.*?\]", f"allow: [{hosts}]", text)
        + f"notify: [{{id: r, publishers: 1, webhook: {webhook}}}]\n"
    )


@contextmanager
def receiver(port: int) -> Iterator["subprocess.Popen[str]"]:
    """Run the receiver that docs/operations.md shows, on this port."""
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert "8099" in code
    with subprocess.Popen(
        [sys.executable, "-u", "-c", code.replace("8099", str(port))],
        env={**os.environ, "HOOK_SECRET": SECRET},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    return number


def test_the_receiver_of_the_documentation_hears_what_is_new(server, loopback, port):
    server.says("/feed", feed("An old bridge"))
    folder = loopback("/feed")
    rules(folder, f"http://127.0.0.1:{port}/", server.authority, f"127.0.0.1:{port}")
    with receiver(port) as heard:
        assert heard.stdout
        folder.once(HOOK_SECRET=SECRET)
        server.says("/feed", feed("A flood in the harbour"))
        done = folder.run("--once", "--force", HOOK_SECRET=SECRET)
        assert (done.returncode, done.stderr) == (0, "")
        assert heard.stdout.readline() == "A flood in the harbour https://news.example/22\n"
        posted = HTTPConnection("127.0.0.1", port)
        headers = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}
        posted.request("POST", "/", b"{}", headers)
        assert posted.getresponse().status == 401
        posted.close()


def test_a_daemon_ends_in_seconds_while_a_receiver_hangs(server, loopback):
    server.says("/feed", feed("An old bridge"))
    folder = loopback("/feed")
    rules(folder, server.url("/hook"), server.authority)
    now = datetime.now(UTC)
    message = Message(id="msg_1", kind="webhook", target="r", body="{}", created=now, due=now)
    store_url = f"sqlite:///{folder.path}/aggregator.db"
    with open_store(store_url) as store:
        store.outbox.put([message])
    with (
        server.stalls("/hook"),
        subprocess.Popen(
            folder.command(),
            cwd=folder.path,
            env={**os.environ, "HOOK_SECRET": SECRET},
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stderr
        assert any(server.wait_until_asked(2) for _ in range(6))  # a busy machine starts slowly
        process.send_signal(signal.SIGTERM)
        assert process.wait(14) == 0  # the answer would be waited for longer
        assert "Traceback" not in process.stderr.read()
    with open_store(store_url) as store:
        assert store.outbox.of("webhook") == [message]
