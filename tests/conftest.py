"""Shared fixtures of all tests."""

from tests.fixtures import *  # noqa: F403
