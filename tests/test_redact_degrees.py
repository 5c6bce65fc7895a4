"""Where somebody is, by one degree alone: a latitude or a longitude under its name, to a metre.

In each text «...» must be masked, and nothing else; the others are left as they are.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans

PLACES = (
    "latitude: «48.137154»",
    '"longitude": "«-3.703790»",',
    "{'retries': 3, 'lng': '«11.575382»'}",
    '{"lat":«48.137154»,"retries":3}',
    r'{"body":"{\"lat\":\"«48.137154»\",\"n\":1}"}',
    "GET /v1/near?fmt=json&lat=«48.137154» 401 329ms p99",
    "grant=x&longitude=«11.575382»&on=1",
    "lat%3D«-48.137154»%26on",
    "request failed lng=«11.575382» mode=batch",
    "request failed lat=«48.137154» attempt=2",
    "lat: «-48.137154», avg: 12.000001",
    "<latitude>«48.137154»</latitude>",
    '<wpt lat="«48.137154»">',
    "<key>longitude</key><real>«11.575382»</real>",
    '<string name="latitude">«48.137154»</string>',
    'form-data; name="lat"\n\n«48.137154»\n--x',
    "near --lat «48.137154» --zoom 3",
    "lng «11.575382»",
    "latitude=«48.137154»N",
    "latitude=«45.570600»",
    "X-Latitude: «48.13715»",
    "CloudFront-Viewer-Longitude: «11.57538»",
    "location_lat: «48.137154»",
    '{"geoLongitude": «11.575382»}',
    "Breitengrad: «48.137154»",
    "Längengrad = «11.575382»",
    '"latitud": "«40.416775»"',
    "szerokość geograficzna: «52.229676»",
    "широта: «55.755826»",
    "经度\uff1a«116.407413»",
    'lat = 0x55a7d2b1c2d3 "«48.137154»"',
    '"longitude":«11.575382»,"url":"/login?token=abc"',
    '["lat","«48.137154»"],["n","3"]',
    "latitude: |-\n  «48.137154»\nn: 1",
    "lat: >-\n  «-48.137154»\nn: 1",
    '1) "lon"\n2) "«-11.575382»"',
    "<latitude><![CDATA[«48.137154»]]></latitude>",
    '{"latitude":{"value":"«48.137154»","source":"env"}}',
    '["--lng", "«11.575382»"]',
    "set -gx LON «-11.575382»",
    "lat=«48.137154»&on=1",
    "<key>latitude</key>\n<real>«48.137154»</real>",
    "email,lon,n\n,«11.575382»,3",
)
ELSEWHERE = (
    "lat=12.345678 p99=14.1",
    "lat: 12.345678, avg: 12.000001",
    '{"lat": 12.345678, "iops": 300}',
    "lat (usec): min=3.12345, max=99.12345",
    "lat avg=12.345678",
    "min=1.2 lat=12.345678",
    "lat=12.345678 ms",
    "lat=12.345678ms",
    "op=read lat=0.345678",
    "lon=0.345678 h=2",
    "lat_us: 12.345678",
    "latency=12.345678 lateral=12.345678 flat=12.345678",
    "op,lat,n\nread,12.345678,3",
    '{"lat":{"value":"12.345678 ms"}}',
    "lat: |-\n  fast\nn: 1",
    "platitude: 52.123456",
    "latitude: 0.000000",
    "latitude: 52.500000",
    "latitude: 52.12",
    "lat=95.123456",
    "longitude=181.123456",
    "latitude: null, longitude: undefined",
    "lng: de-DE",
    "near --lat 0.345678 --n 2.123456",
    "latitude = 0x55a7d2b1c2d3",
)


@pytest.mark.parametrize("text", PLACES)
def test_a_degree_alone_is_a_place(text):
    plain = text.replace("«", "").replace("»", "")
    assert [plain[start:end] for start, end, _ in spans(plain)] == re.findall("«([^»]+)»", text)


@pytest.mark.parametrize("text", ELSEWHERE)
def test_what_took_some_time_or_is_nowhere_is_left(text):
    assert spans(text) == []


@pytest.mark.parametrize("piece", ["lat=48.137154 ", "lat=48.137154 avg ", '"lng":"11.575382",', "широта: 55.755826 "])
def test_work_grows_with_the_text(piece):
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)
