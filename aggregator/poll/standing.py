"""How a feed stands: whether its time has come, how long it has been in trouble.

Shown, never acted upon: whether it is asked, ``policy.due`` says.
"""

from datetime import datetime, timedelta

from aggregator.model import FeedState

SILENCE = timedelta(days=30)
"""Shorter silences are no news of any feed."""
_RHYTHMS = 5
"""Nor are those of a feed that seldom has something new."""


def is_due(state: FeedState, now: datetime) -> bool:
    """Return whether a feed's time has come; one that was never polled is due."""
    return not state.gone and (state.next_poll or now) <= now


def silent_since(state: FeedState, now: datetime) -> datetime | None:
    """Return when a feed that answers well last had something new, if that is strangely long ago.

    That is, 30 days, or five times as long as it usually takes.
    """
    if state.changed is None or state.failures or state.gone:
        return None
    usual = max(_RHYTHMS * (state.rhythm or timedelta()), SILENCE)
    return state.changed if now - state.changed > usual else None
