"""People in rows and lists that say of none of their parts what it is. In each text «...» must be masked, no more."""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from tests.test_placed import marked
from triage.redact import spans

MAIL = "ann.keller" + "@web.de"


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO \"contacts\" VALUES(3,'«Meilin Rasmus»','«+1 (212) 492-7568»',NULL,'«Kellerstraße 55»');",
        "INSERT INTO people VALUES (1,'«Svetlana Achter»','«85 Marble Street»'),(2,'«Jon Marsh»','«4 Harbour Lane»');",
        f"INSERT INTO t VALUES('«{MAIL}»','«Meilin Rasmus»');",
        '* 12 FETCH (ENVELOPE ("Mon, 3 Feb 2026 10:00:00 +0000" "Hi" (("«Yusuf Morel»" NIL "office" "example.com"))))',
        '* 12 FETCH (ENVELOPE (NIL "Hi" ((NIL NIL "«ann.keller»" "web.de")(NIL NIL "«jmarsh»" "web.de"))))',
    ],
)
def test_people_in_rows_without_names_of_columns_are_found(text):
    assert marked(re.sub("[«»]", "", text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO jobs VALUES(3,'Night Batch','+1 day','12 Main Loop');",
        "INSERT INTO places VALUES(3,'Visual Studio','Meilin Rasmus',NULL);",
        "INSERT INTO versions VALUES('20240301120000','Add Index','0x1');",
        '* 12 FETCH (ENVELOPE (NIL "Build System" NIL NIL NIL))',
        '* 12 FETCH (ENVELOPE (NIL "Hi" (("Support Team" NIL "support" "example.com"))))',
    ],
)
def test_rows_of_things_are_left(text):
    assert marked(text) == text


@pytest.mark.parametrize(
    "text",
    ['ENVELOPE (("Ann K" NIL "a" "b") ', "insert into c values('Ann Keller','+49 151 2345678','12 Main Street');\n"],
)
def test_many_of_them_are_read_in_time(text):
    grows_evenly(spans, lambda size: text * (size // len(text)), 16_384)
