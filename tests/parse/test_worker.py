import io
import pickle
import subprocess
import sys
from typing import Any

from aggregator.parse import parse


def ask(*questions: object) -> list[Any]:
    """Run it with these questions; return all that it answered."""
    done = subprocess.run(
        [sys.executable, "-m", "aggregator.parse.worker", "60", str(1 << 30)],
        input=b"".join(map(pickle.dumps, questions)),
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    answers, stream = [], io.BytesIO(done.stdout)
    while stream.tell() < len(done.stdout):
        answers.append(pickle.load(stream))
    return answers


def test_it_is_ready_answers_in_order_and_ends_with_its_input(respond):
    one = respond(b"<rss><channel><item><title>One</title></item></channel></rss>")
    ready, first, second, third = ask((one, frozenset()), (respond(b""), frozenset()), (one, {"x"}))
    assert ready is None
    assert first == third == parse(one)
    assert second.startswith("an empty document came")


def test_it_ends_when_nothing_is_asked():
    assert ask() == [None]
