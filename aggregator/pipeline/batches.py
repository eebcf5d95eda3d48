"""Answers into batches: few enough transactions, and nobody waits for the slowest."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from aggregator.model import Response
from aggregator.pipeline.outcome import Progress, Step
from aggregator.pipeline.seams import Clock

BATCH = 200
"""Feeds a transaction: a commit costs a flush of the disk, whatever it carries."""
BATCH_BYTES = 4 << 20
"""Bytes of bodies from which a batch is complete before that: read, they take ten times as many."""
BATCH_AGE = timedelta(seconds=5)
"""What has waited for so long waits only for the next answer."""


def batches(
    responses: Iterator[Response], of: int, watch: Callable[[Progress], None], clock: Clock
) -> Iterator[list[Response]]:
    """Gather responses into batches; an interrupt ends the last one early, then goes its way."""
    batch: list[Response] = []
    begun = clock()
    try:
        for done, response in enumerate(responses, 1):
            if not batch:
                begun = clock()
            batch.append(response)
            watch(Progress(Step.ANSWERS, done, of))
            is_full = len(batch) == BATCH or sum(len(r.body) for r in batch) >= BATCH_BYTES
            if is_full or clock() - begun >= BATCH_AGE:
                yield batch
                batch = []
    except KeyboardInterrupt:
        if batch:
            yield batch
        raise
    if batch:
        yield batch
