"""How long a feed has been in trouble: shown, never acted upon."""

from datetime import datetime, timedelta

from aggregator.model import FeedState

SILENCE = timedelta(days=30)
"""Shorter silences are no news of any feed."""
_RHYTHMS = 5
"""Nor are those of a feed that seldom has something new."""


def silent_since(state: FeedState, now: datetime) -> datetime | None:
    """Return when a feed that answers well last had something new, if that is strangely long ago.

    That is, 30 days, or five times as long as it usually takes.
    """
    if state.changed is None or state.failures or state.gone:
        return None
    usual = max(_RHYTHMS * (state.rhythm or timedelta()), SILENCE)
    return state.changed if now - state.changed > usual else None
