"""The family service, as the component tests set it up."""

from tests.component.family.conftest import desk, service

__all__ = ["desk", "service"]
