"""The identity service, as the component tests set it up."""

from tests.component.identity.conftest import service

__all__ = ["service"]
