"""The family service, and a front desk."""

from tests.component.family.conftest import desk, service

__all__ = ["desk", "service"]
