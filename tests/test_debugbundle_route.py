"""Routes by DebugBundle's rules."""

from __future__ import annotations

import pytest

from triage.formats.debugbundle_route import normal_route


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/orders/48213?x=1", "/orders/{param}"),
        ("/orders/48213#top", "/orders/{param}"),
        ("", "/"),
        ("/", "/"),
        ("/v1/orders", "/v1/orders"),
        ("/u/5D0F8A52-77d1-4a0b-9a62-3f0c2b1a9e77/x", "/u/{param}/x"),
        ("/t/abcdefghijklmnopqrstuvwx", "/t/{param}"),
        ("/t/abcdefghijklmnopqrstuvw", "/t/abcdefghijklmnopqrstuvw"),
        ("/f/a%2Fb", "/f/{param}"),
        ("/f/%34%32", "/f/{param}"),
        ("/f/caf%C3%A9", "/f/caf%C3%A9"),
        ("/n/\u0661\u0662", "/n/\u0661\u0662"),
    ],
)
def test_normal_route(path, route):
    assert normal_route(path) == route
