"""Alerts ask for metrics that processes expose."""

import re

import yaml

from tests.support.containers import ROOT

METRIC = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


def test_alerts_ask_for_metrics_that_are_there() -> None:
    table = (ROOT / "docs" / "metrics.md").read_text()
    rules = [
        rule for group in yaml.safe_load((ROOT / "deploy/alerts.yaml").read_text())["groups"] for rule in group["rules"]
    ]
    assert {"InvariantViolated", "InvariantNotChecked"} <= {rule["alert"] for rule in rules}
    for rule in rules:
        names = METRIC.findall(rule["expr"])
        assert names
        assert [name for name in names if f"| `{name}` |" not in table] == [], rule["alert"]
