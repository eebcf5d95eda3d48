import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from aggregator.config import schema

ROOT = Path(__file__).parents[2]


def test_the_schema_for_editors_is_the_present_one():
    stored = json.loads((ROOT / "docs/feeds.schema.json").read_text())
    assert stored == json.loads(json.dumps(schema())), "run scripts/schema"


@pytest.mark.parametrize("name", ["feeds.yaml", "examples/feeds.yaml"])
def test_our_own_configurations_fit_the_schema(name: str):
    document = yaml.safe_load((ROOT / name).read_text())
    jsonschema.Draft202012Validator(schema()).validate(document)


def test_the_schema_refuses_unknown_keys():
    validator = jsonschema.Draft202012Validator(schema())
    assert not validator.is_valid({"version": 1, "feeds": [], "colour": "red"})
    assert not validator.is_valid({"version": 1, "feeds": [{"url": "https://a/", "nmae": ""}]})
