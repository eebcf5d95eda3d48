"""Served and polled by one process: what a hub brings is a story moments later."""

import hmac
import signal
import socket
import subprocess
from queue import SimpleQueue
from urllib.parse import parse_qsl, urlencode
from urllib.request import Request, urlopen

FEED = """\
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Bern News</title>
<atom:link rel="hub" href="{hub}"/><atom:link rel="self" href="{topic}"/>
<item><guid>{title}</guid><title>{title}</title></item></channel></rss>"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_what_a_hub_brings_is_published_at_once(server, loopback):
    hub, topic, port = server.url("/hub"), server.url("/feed"), free_port()
    asked: SimpleQueue[dict[str, str]] = SimpleQueue()

    def subscribe(handler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        asked.put(dict(parse_qsl(body.decode())))
        handler.send_response_only(202)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.routes["/hub"] = subscribe
    server.says("/feed", FEED.format(hub=hub, topic=topic, title="Glacier festival").encode())
    here = f"http://127.0.0.1:{port}"
    folder = loopback("/feed", more=f"serve: {{port: {port}, public_url: '{here}'}}\n")
    with subprocess.Popen(
        folder.command("serve", "--poll"), cwd=folder.path, stderr=subprocess.PIPE, text=True
    ) as daemon:
        try:
            assert daemon.stderr
            told = iter(daemon.stderr)
            while '"feed.atom"' not in next(told):
                pass
            said = asked.get(timeout=30)
            question = {
                "hub.mode": "subscribe",
                "hub.topic": topic,
                "hub.challenge": "well?",
                "hub.lease_seconds": "86400",
            }
            with urlopen(f"{said['hub.callback']}?{urlencode(question)}", timeout=10) as answer:
                assert answer.read() == b"well?"
            body = FEED.format(hub=hub, topic=topic, title="Lake steamer runs aground").encode()
            signature = hmac.new(said["hub.secret"].encode(), body, "sha256").hexdigest()
            fields = {"Content-Type": "text/xml", "X-Hub-Signature": f"sha256={signature}"}
            with urlopen(Request(said["hub.callback"], body, fields), timeout=10) as answer:
                assert answer.status == 202
            while '"feed.atom"' not in next(told):
                pass
        finally:
            daemon.send_signal(signal.SIGTERM)
    assert "Lake steamer" in (folder.path / "public/feed.atom").read_text()
    assert server.paths().count("/feed") == 1
    assert "its hub pushes" in folder.run("feeds").stdout
