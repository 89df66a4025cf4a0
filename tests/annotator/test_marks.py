"""What is repeated on PostgreSQL (annotator/launch/suite.py): the tests that open the database, and only they."""

from __future__ import annotations

import pytest

from tests.annotator.world import World


def test_a_test_with_rows_is_repeated(world: World, request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("database")


@pytest.mark.django_db
def test_a_test_that_asks_for_the_database_by_a_mark_is_repeated(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("database")


def test_a_test_without_one_is_not(request: pytest.FixtureRequest) -> None:
    assert not request.node.get_closest_marker("database")
