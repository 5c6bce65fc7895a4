"""What the server imports from which the victims of `tests.kill` are forked."""

from tests import kill

kill.warm()
