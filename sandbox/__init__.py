"""Hosts played on 127.0.0.1 for the demo and the tests; the product never imports this package."""

from sandbox.playground import Sandbox

__all__ = ["Sandbox"]
