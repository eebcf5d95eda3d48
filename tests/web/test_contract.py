"""The API keeps to its own description, whatever it is asked.

Driven by hand: schemathesis' plugin knows older pytests only.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

PATHS = ("stories", "stories/{story}", "articles/{article}", "feeds", "explain")


@pytest.mark.parametrize("path", PATHS)
def test_the_api_is_as_described(site, path):
    schema = schemathesis.openapi.from_url(f"{site.url}api/v1/openapi.json")

    @given(case=schema[f"/api/v1/{path}"]["GET"].as_strategy())
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def answers(case):
        case.call_and_validate()

    answers()
