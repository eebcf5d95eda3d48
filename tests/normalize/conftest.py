"""Properties are about results: the first example of a run loads data, and may take its time."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
