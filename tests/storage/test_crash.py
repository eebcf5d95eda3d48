"""A run that is killed while it saves leaves whole batches, and the next one carries on."""

import os
import signal
from collections.abc import Callable
from functools import partial
from itertools import count

import pytest
from sqlalchemy import event

from aggregator.model import Batch, Withdrawal
from aggregator.storage import open_store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def test_a_kill_at_any_step_of_a_batch_leaves_nothing_of_it(url, dump, samples):
    first, second, third = (samples.article(number) for number in (1, 2, 3))
    one = Batch(
        states=(samples.state(),),
        articles=(first, second),
        stories=(samples.story("a", first), samples.story("b", second)),
    )
    two = Batch(
        states=(samples.state(failures=1),),
        articles=(third,),
        keys=(("taipei", "guid 9", first.id),),
        stories=(samples.story("a", first, second, third),),
        withdrawals=(Withdrawal(story="urn:uuid:b", survivor="urn:uuid:a", at=samples.noon),),
    )
    with open_store(url) as store:
        store.subscribe([samples.feed()], samples.noon)
        store.save(one)
    before = dump()

    for step in count(1):
        killed = killed_in_a_process(partial(save_and_die, url, two, step))
        if not killed:
            break
        assert dump() == before

    steps_that_write = 10
    assert step > steps_that_write
    with open_store(url) as store:
        assert store.stories() == list(two.stories)
        assert store.states() == {"taipei": samples.state(failures=1)}


def save_and_die(url: str, batch: Batch, step: int) -> None:
    """Save, but be killed after so many statements; the last step is the one before the commit."""
    steps = count(1)

    def die_in_time(*_) -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_store(url) as store:
        event.listen(store._backend.engine, "after_cursor_execute", die_in_time)
        event.listen(store._backend.engine, "commit", die_in_time)
        store.save(batch)


def killed_in_a_process(act: Callable[[], None]) -> bool:
    """Return whether a process of its own was killed at this; it has to succeed otherwise."""
    process = os.fork()
    if process == 0:
        try:
            act()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(process, 0)
    assert status in {0, signal.SIGKILL}
    return status == signal.SIGKILL
