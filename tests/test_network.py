import pytest

from tests.finding import told
from triage.redact.pii import network
from triage.redact.pii.personal import personal


def found(text):
    data = text.encode()
    return told(personal(data), data)


@pytest.mark.parametrize(
    "text",
    [
        "client 203.0.113.7 connected",
        "203.0.113.7:443",
        "[203.0.113.7]",
        "ip=10.1.2.3",
        "203.0.113.7.",
        "address:\\t203.0.113.7",
        "tcp4 0 0 203.0.113.7.443 127.0.0.1.52311 ESTABLISHED",
    ],
)
def test_ipv4_addresses_are_found(text):
    value = "10.1.2.3" if "10.1" in text else "203.0.113.7"
    assert found(text) == [(value, "ipv4")]


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "0.0.0.0",
        "255.255.255.0",
        "10.0.0.0/8",
        "300.1.2.3",
        "1.2.3.04",
        "1.2.3.4.5",
        "updated from version 10.18.153.224 to 39.13.3.13",
        "version 10.1.22.100",
        "ntdll.dll 210.0.19041.1",
        "v203.0.113.7",
        "lib-203.0.113.7",
        "203.0.113.7-beta",
        "see section 1.2.3.4",
        "Chrome/120.0.111.99",
        "app 8.76.53.52 -> 39.40.250.17 update available",
        "Update available: 8.76.53.52 -> 39.40.250.17",
        "8.76.53.52 to 39.40.250.17 (changelog)",
    ],
)
def test_versions_and_what_every_machine_has_stay(text):
    assert found(text) == []


@pytest.mark.parametrize("text", ["{} -> {} established", "{} to {} updates", "routes {} and {}"])
def test_addresses_that_something_goes_between_are_no_versions(text):
    values = ["203.0.113.7", "198.51.100.8"]
    assert found(text.format(*values)) == [(value, "ipv4") for value in values]


def test_four_small_numbers_are_an_address_where_something_says_so():
    assert found("from 1.2.3.4") == [("1.2.3.4", "ipv4")]
    assert found("1.2.3.4:8080") == [("1.2.3.4", "ipv4")]
    assert found("10.2.3.4 sent") == [("10.2.3.4", "ipv4")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("from 2001:db8::8a2e:370:7334 port", "2001:db8::8a2e:370:7334"),
        ("addr fe80::1ff:fe23:4567:890a%eth0", "fe80::1ff:fe23:4567:890a%eth0"),
        ("[2001:db8:85a3:0:0:8a2e:370:7334]:443", "2001:db8:85a3:0:0:8a2e:370:7334"),
        ("IP 2001:db8::8a2e:370:7334.443 > x", "2001:db8::8a2e:370:7334"),
        ("> 2001:db8::8a2e:370:7334.443: Flags", "2001:db8::8a2e:370:7334"),
        ("ENETUNREACH 2001:db8::8a2e:370:27017 - Local (:::0)", "2001:db8::8a2e:370"),
        ("connect 2001:db8:85a3:0:0:8a2e:370:7334:443 failed", "2001:db8:85a3:0:0:8a2e:370:7334"),
    ],
)
def test_ipv6_addresses_are_found(text, value):
    assert found(text) == [(value, "ipv6")]


@pytest.mark.parametrize(
    "text",
    [
        "::1",
        "::",
        "std::a::b",
        "12:30:45",
        "a::b",
        "2026-01-02 09:41:07:123",
        "a:b:c:d",
        "aa:bb:cc:dd:ee:ff:00:11:22:33",
    ],
)
def test_clock_times_and_scopes_are_no_ipv6(text):
    assert found(text) == []


@pytest.mark.parametrize("value", ["00:1b:63:84:45:e6", "00-1B-63-84-45-E6", "001b.6384.45e6"])
def test_mac_addresses_are_found(value):
    assert found(f"eth0 {value} up") == [(value, "mac")]


@pytest.mark.parametrize(
    "text", ["00:00:00:00:00:00", "5a:00:1b:63:84:45:e6", "00:1b:63:84:45:e6:77:12", "10-11-12-13-14-15"]
)
def test_digests_in_pairs_and_dates_are_no_mac(text):
    assert "mac" not in {kind for _, kind in found(text)}


def test_a_firewall_writes_a_frame():
    frame = "MAC=00:1b:63:84:45:e6:00:1b:63:84:45:e7:08:00"
    assert [*network.hexadecimal(frame.encode(), 4, 21)] == [(4, len(frame), "mac", "mac")]


def test_a_mac_address_may_stand_right_behind_its_name_and_an_ip_address_in_a_path_of_the_network():
    assert found("mac:20:0F:24:E5:A8:98") == [("20:0F:24:E5:A8:98", "mac")]
    assert found("\\\\203.0.113.7\\share") == [("203.0.113.7", "ipv4")]


@pytest.mark.parametrize("text", ["fe80::1", "upgrade from 10.0.17433.145 to 2.18.3.8", "CUDA 12.2.140.8"])
def test_routers_and_versions_are_no_addresses(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "candidate:1 1 UDP 2122260223 192.168.253.178 1661 typ host",
        "a=candidate:8421 1 udp 1677729535 192.168.253.178 46154 typ srflx raddr 0.0.0.0 rport 0",
        "1622505600 1622505660 192.168.253.178",
    ],
)
def test_an_address_behind_numbers_is_one(text):
    assert [value for value, _ in found(text)] == ["192.168.253.178"]


@pytest.mark.parametrize(
    "text", ["P1: acme.exe\nP2: 7.19.27.157\n", "Sig[3].Value=31.0.12.2725\n", "DynamicSig[1].Value=4.8.62.199\n"]
)
def test_versions_in_reports_of_windows_stay(text):
    assert found(text) == []
