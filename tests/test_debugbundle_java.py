import pytest

from triage.formats.debugbundle_java import continues_stack

STDERR = {"logger": "stderr"}


@pytest.mark.parametrize(
    "line",
    [
        "\tat shop.Cart.get(Cart.java:5)",
        "at shop.war//shop.Cart$Item.get(Cart.java:5)",
        "  at java.base/java.lang.Thread.run(Unknown Source) ",
        "\t... 12 more",
        "Caused by: shop.CartException: no cart (7)",
        "Caused by: java.lang.OutOfMemoryError",
        "\tSuppressed: shop.ClosedException",
    ],
)
def test_lines_of_a_stack(line):
    assert continues_stack(line, STDERR)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "shop.CartException: no cart",
        "at noon (in Rome)",
        "at shop.Cart.get",
        "... and more",
        "... 12 more things",
        "Caused by: a full disk",
        "Caused by: shop.CartException no colon",
        "\tat shop.Cart.get(Cart.java:5)\n\tat shop.Cart.put(Cart.java:9)",
        "at x(" + "y" * 16_384 + ")",
    ],
)
def test_what_only_looks_like_one_is_an_incident(line):
    assert not continues_stack(line, STDERR)


@pytest.mark.parametrize(
    ("attributes", "continues"),
    [
        ({"logger": "org.jboss.stdio"}, True),
        ({"logger": "org.jboss.stdio.err"}, True),
        ({"logger": "stderr", "throwable": None}, True),
        ({"logger": "stderr", "throwable": "shop.CartException"}, False),
        ({"logger": "stderr.log"}, False),
        ({"logger": "org.jboss.stdio." + "x" * 256}, False),
        ({"logger": 7}, False),
        ({}, False),
    ],
)
def test_only_what_went_to_the_standard_error(attributes, continues):
    assert continues_stack("\tat shop.Cart.get(Cart.java:5)", attributes) is continues
