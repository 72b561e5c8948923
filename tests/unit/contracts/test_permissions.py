"""Permissions are named once, by service, things and act; every operation's own is among those of its service."""

import re

import pytest

from contracts.permissions import PERMISSIONS
from contracts.types import SERVICES
from tools.contracts.openapi_documents import operations

NAME = re.compile(r"[a-z]+\.[a-z_]+\.[a-z_]+")


def test_names_say_service_things_and_act() -> None:
    for name, permission in PERMISSIONS.items():
        assert NAME.fullmatch(name), name
        assert name.partition(".")[0] in SERVICES
        assert permission == name
        assert permission.meaning.endswith("."), name


@pytest.mark.parametrize("service", SERVICES)
def test_an_operation_needs_a_permission_of_its_own_service(service: str) -> None:
    needed = {item.access.permission for item in operations(service) if item.access.permission}
    assert needed
    assert {permission.partition(".")[0] for permission in needed} == {service}


def test_every_permission_opens_something() -> None:
    needed = {item.access.permission for service in SERVICES for item in operations(service)}
    assert PERMISSIONS.keys() - needed == set()
