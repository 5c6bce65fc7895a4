import base64
import copy
import pickle

import pytest

from triage.redact.known import Known, worth_finding


def found(known, text):
    data = text.encode()
    return [(data[hit.start : hit.end].decode(), hit.kind) for hit in known.hits(data)]


def test_known_values_are_found_wherever_they_stand_by_themselves():
    known = Known([("password", b"hunter2-quartz"), ("username", b"mfern")])
    text = "hunter2-quartz, xhunter2-quartz hunter2-quartzy mfern's (hunter2-quartz)"
    assert found(known, text) == [
        ("hunter2-quartz", "password"),
        ("mfern", "username"),
        ("hunter2-quartz", "password"),
    ]


def test_a_word_is_no_part_of_a_path_or_name():
    known = Known([("username", b"release"), ("hostname", b"orion")])
    assert found(known, "release/x a.release release-1 release_x release( a.orion orion/x") == []
    assert found(known, '"release": release, <release>') == [("release", "username")] * 3


@pytest.mark.parametrize(
    "text", ["mfern/x", "/data/mfern/y", "a.mfern", "sessions.mfern", "mfern-1", "a_mfern_x", r"D:\mfern\x", "x:mfern"]
)
def test_who_is_called_like_no_word_of_the_trade_is_named_in_paths_and_names_too(text):
    assert found(Known([("username", b"mfern")]), text) == [("mfern", "username")]
    assert found(Known([("person", b"Fernhollow")]), text.replace("mfern", "Fernhollow")) == [("Fernhollow", "person")]


@pytest.mark.parametrize("text", ["mfern(", "$mfern", "_mfern", "mferns/x", "xmfern.y", '{"_mfern":'])
def test_a_call_a_variable_and_a_field_with_an_underscore_name_nobody(text):
    assert found(Known([("username", b"mfern")]), text) == []


def test_a_short_name_of_somebody_is_found_where_it_stands_alone():
    known = Known([(kind, value) for kind, value in [("username", b"enzo")] if worth_finding(kind, value)])
    assert found(known, '{"enzo": 1} enzo a.enzo enzo/x') == [("enzo", "username")] * 2


GIVEN = [("username", b"mfern"), ("hostname", b"orion-box"), ("username", b"admin"), ("username", b"ned")]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "MFERN",
            "Mfern",
            r"CORP\mfern",
            r"{\"u\": \"CORP\\mfern\"}",
            r"\\files\mfern\share",
            r"D:\data\mfern\x",
            r"a\nmfern",
        ),
        *(
            "backup_mfern_2026.tgz",
            "mfern-laptop",
            "mfern_home",
            "mfern.orion",
            "psql -umfern",
            "/srv/mfern/x",
            "mf\nern",
        ),
        *("6d6665726e", "0x6D6665726E", b"mfern".hex() + "00"),
        *(
            base64.b64encode(before + b"mfern" + behind).decode()
            for before in (b"", b"\0", b"\0\1")
            for behind in (b"", b"\xff")
        ),
        *("ORION-BOX", "orion-box.local", "orion-box_1", base64.urlsafe_b64encode(b"\xffOrion-box".lower()).decode()),
        *(b"mfern".hex(" ").replace(" ", "00") + "00", base64.b64encode("mfern".encode("utf-16-le")).decode()),
    ],
)
def test_what_is_given_is_found_in_any_case_and_in_parts_of_names_and_runs(text):
    hits = Known([], GIVEN).hits(text.encode())
    assert hits
    assert {hit.value for hit in hits} <= {b"mfern", b"orion-box"}
    assert not Known([], GIVEN).hits(text.encode()[: hits[0].start] + b"?" + text.encode()[hits[0].end :])[1:]


@pytest.mark.parametrize(
    "text",
    [
        "mferns",
        "xmfern",
        "mfern2",
        "admin/x ADMIN",
        "Admin",
        "ned/x",
        "NED",
        "needed",
        "6d6665",
        "orion-boxes",
        "run -xmferns",
    ],
)
def test_what_is_given_is_no_part_of_a_word_and_no_word(text):
    assert Known([], GIVEN).hits(text.encode()) == []


def test_a_secret_is_found_in_any_case_between_the_parts_of_a_name_and_in_short_runs():
    known = Known([("password", b"velvet-otter-77"), ("token", b"k3yZ9q"), ("password", b"Production")])
    text = r"x_velvet-otter-77_y VELVET-OTTER-77 -pvelvet-otter-77 a\nvelvet-otter-77 azN5WjlxLTE= production xk3yZ9q"
    assert [hit.value for hit in known.hits(text.encode())] == [b"velvet-otter-77"] * 4 + [b"k3yZ9q"]
    known = Known([("token", b"k3yZ9q")])
    for run in (base64.b64encode(b"k3yZ9q"), base64.b64encode(b"\0k3yZ9q"), b"k3yZ9q".hex().encode()):
        assert [(hit.start, hit.end, hit.value) for hit in known.hits(b"a " + run)] == [(2, 2 + len(run), b"k3yZ9q")]


@pytest.mark.parametrize("coded", [b"azN5WjlxLU90dGVy", b"6b33795a39712d4f74746572", b"c2hvcDprM3laOXEtT3R0ZXI="])
def test_the_text_that_a_value_holds_is_found_too(coded):
    (hit,) = Known([("password", coded)]).hits(b"connect with k3yZ9q-Otter failed")
    assert (hit.kind, hit.value) == ("password", coded)


@pytest.mark.parametrize(
    ("kind", "coded"),
    [
        ("password", b"cGFzc3dvcmQ="),
        ("secret", b"cHJvZHVjdGlvbg=="),
        ("token", b"k3yZ9qOtter1"),
        ("token", b"AAECAwQFBgc="),
    ],
)
def test_words_of_the_trade_settings_and_bytes_are_no_such_text(kind, coded):
    assert not Known([(kind, coded)]).hits(b"the password of production was wrong \0\1\2\3\4\5\6\7")


def test_what_was_found_as_it_is_written_in_a_run_hides_no_run():
    known = Known([("secret", b"6d6665726e")], GIVEN)
    assert [hit.value for hit in known.hits(b"6d6665726e x6d6665726e")] == [b"6d6665726e", b"mfern"]


def test_the_longer_of_two_that_begin_alike_is_found():
    known = Known([("password", b"hunter2-q"), ("token", b"hunter2-q-long")])
    assert found(known, "hunter2-q-long hunter2-q") == [("hunter2-q-long", "token"), ("hunter2-q", "password")]


def test_the_first_kind_of_a_value_counts_and_none_is_nothing():
    assert found(Known([("a", b"hunter2-q"), ("b", b"hunter2-q")]), "hunter2-q") == [("hunter2-q", "a")]
    assert not Known([])
    assert found(Known([]), "x") == []


@pytest.mark.parametrize(
    ("kind", "value", "worth"),
    [
        ("password", b"hunter2-quartz", True),
        ("password", b"hunt3r", True),
        ("password", b"hunter", False),
        ("password", b"password", False),
        ("password", b"DB_PASSWORD", False),
        ("pin", b"4711", False),
        ("card", b"4111111111111111", True),
        ("username", b"mfern", True),
        ("username", b"mara", False),
        ("username", b"root", False),
        ("hostname", b"db1", False),
    ],
)
def test_only_what_is_its_own_is_looked_for(kind, value, worth):
    assert worth_finding(kind, value) is worth


def test_nothing_of_it_is_shown_or_travels():
    known = Known([("password", b"hunter2-quartz")])
    assert repr(known) == repr(Known([])) == "<Known values>"
    for travel in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="make them where they are used") as caught:
            travel(known)
        assert "hunter2" not in str(caught.value)
    assert not hasattr(known, "__dict__")
    assert base64.b64encode(b"hunter2") not in repr(known).encode()


def test_what_is_found_already_is_not_given_and_ends_a_shorter_value_all_the_same():
    known = Known([("password", b"hunter2-not-real"), ("password", b"hunter2-not")])
    text = b"hunter2-not-real hunter2-not"
    assert [(hit.start, hit.end) for hit in known.hits(text)] == [(0, 16), (17, 28)]
    assert [(hit.start, hit.end) for hit in known.hits(text, {0: 16})] == [(17, 28)]


def test_many_values_are_found_as_few_are():
    values = [("token", b"%08x-token" % number) for number in range(4_000)]
    text = b"%08x-token %08x-token" % (3_999, 7)
    assert [hit.value for hit in Known(values).hits(text)] == text.split()


@pytest.mark.parametrize(
    "value",
    ["Secret-Garden-77", "MySecret2024", "Password1!", "my-token-9981", "Token99xx", "api-key-7788", "one-Secret1"],
)
def test_a_secret_of_words_for_secrets_is_one_wherever_it_stands(value):
    assert worth_finding("password", value.encode())


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "api_key",
        "API_KEY_2",
        "access-token",
        "X-Api-Key",
        "oauth2_token",
        "sha256_key",
        "aes-256-key",
        "apiKey1",
    ],
)
def test_what_a_field_is_called_is_no_value(name):
    assert not worth_finding("password", name.encode())
