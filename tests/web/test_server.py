import json
import socket
from threading import Event
from urllib.request import urlopen

import pytest
from fastapi import FastAPI

from aggregator.errors import ServeError
from aggregator.web.server import serving


def test_it_serves_while_the_block_lasts_and_no_longer():
    with serving(FastAPI(), host="127.0.0.1", port=0) as served:
        port = int(served.url.rstrip("/").rpartition(":")[2])
        assert urlopen(f"{served.url}openapi.json").status == 200

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_cannot_be_had_is_said_in_words(host):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(
                ServeError, match=r"cannot listen on .*[a-z]; choose another with .*--port"
            ),
            serving(FastAPI(), host=host, port=port),
        ):
            pass


def test_a_fresh_application_takes_over_and_the_streams_of_the_old_one_end():
    before, after = FastAPI(title="before"), FastAPI(title="after")
    waiting = [after]
    taken = Event()

    def fresh() -> FastAPI | None:
        if waiting:
            return waiting.pop()
        taken.set()  # asked again, so that it has taken over
        return None

    with serving(before, host="127.0.0.1", port=0, fresh=fresh, pause=0.01) as served:
        assert taken.wait(timeout=60)
        told = json.load(urlopen(f"{served.url}openapi.json"))
        assert before.state.ending.is_set()
        assert not after.state.ending.is_set()

    assert told["info"]["title"] == "after"
    assert after.state.ending.is_set()
