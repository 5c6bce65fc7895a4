"""Names and values that stand one behind the other: replies and commands of Redis, maps of Clojure, lists of Lisp.

In each text «...» must be masked, and nothing else; the others are left as they are. Line ends are real.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans

TOKEN = "q7Wd2Zk9Pb4Xn1" + "Rt6Lm3Vc"
REPLIES = (
    '127.0.0.1:6379> HGETALL u\n1) "plan"\n2) "pro"\n3) "first_name"\n4) "«Ilse»"\n5) "login"\n6) "«ilindner»"\n',
    '1) "password"\n2) "«Kupfer_Kaffee97»"\n3) "full_name"\n4) "«Rosa Lindner»"\n5) "retries"\n6) "3"\n',
    '1) "auth_method"\n2) "password"\n3) "surname"\n4) "«Lindner»"\n5) "pin_code"\n6) "«4821»"\n',
    '1) 1) "1526985054069-0"\n   2) 1) "given_name"\n      2) "«Ilse»"\n      3) "password"\n      4) "«Kaffee_97»"\n',
    "$ redis-cli hgetall u:7\nfirst_name\n«Ilse»\nlogin\n«ilindner»\npassword\n«Kupfer_Kaffee97»\n",
    '> HGETALL u:7\n"given_name"\n"«Ilse»"\n"mobile"\n"«030 4453176»"\n',
    '7) "password"\n8) "«Kupfer_Kaffee97»"\n',
)
NO_REPLIES = (
    '127.0.0.1:6379> KEYS *\n1) "username"\n2) "ilse_cache"\n3) "first_name"\n4) "surname"\n',
    '127.0.0.1:6379> HKEYS u\n1) "login"\n2) "first_name"\n3) "password"\n4) "serial"\n',
    '1) "auth_method"\n2) "password"\n3) "integrity"\n4) "strict-1"\n',
    '1) "max_login"\n2) "5"\n3) "password_length"\n4) "12"\n5) "login"\n6) (nil)\n',
    "the client sent hgetall twice\nfirst_name is not a key\nof this store\n",
)
MAPS = (
    '{:status 500 :config {:street "«Lindenweg 12»" :timezone "Asia/Tokyo" :first-name "«Ilse»" :retries 3}}',
    '{:user/password "«Kupfer_97»" :user/full-name "«Rosa Lindner»", :account/number «2334800658» :page 12}',
    '{:db {:user "«ilindner»" :password "«Kupfer_97»"}\n ; a comment\n :email "«i@plum.example»" :surname "«Lindner»"}',
    '#:user{:name "«Rosa Lindner»", :email "«r@plum.example»", :login "«rlindner»"}',
    '(:host "localhost" :user "«ilindner»" :password "«Kupfer_97»" :first-name "«Ilse»")',
    '{"msg": "up {:password \\"«Kupfer_97»\\" :first-name \\"«Ilse»\\" :account-number «2334800658»}"}',
    '{:auth-method :password :next "strict-1" :opts {1 "a" :given-name "«Ilse»" :surname "«Lindner»"}}',
    '{:date-of-birth #inst "«1979-03-05»" :first-name "«Ilse»" :trace #uuid "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}',
)
NO_MAPS = (
    "(defn open [{:keys [user password]}] (jdbc/get {:user user :password password :name name}))",
    '{:password #env "DB_PASSWORD_1" :token #ref [:db :token] :api-key #or [#env "A_KEY_1" "none"]}',
    '{:token-type "Bearer" :expires-in "86400" :token-count "415" :auth-method "password" :mode "fast-1"}',
    '{:error, :password, "missing field"} {:ok, "a1"}',
    '{:name "main" :type "postgres" :first-name first :surname nil}',
    "{:>8} {:.2f} {:?} {:x}",
)
COMMANDS = (
    '1741000001.113 [0 lua] "SETEX" "otp:41" "300" "«993062»"',
    f'1741000001.113 [0 lua] "SET" "session:abc" "«{TOKEN}»"',
    f'1741000001.113 [0 lua] "SETEX" "reset:token:41" "300" "«{TOKEN}»"',
    '1741000001.113 [0 lua] "HSET" "u:1" "first_name" "«Ilse»" "password" "«Kupfer_97»" "plan" "pro"',
    "127.0.0.1:6379> SETEX otp:ilse 300 «993062»",
)
NO_COMMANDS = (
    '1741000001.113 [0 lua] "SET" "session:abc" "user-42-main"',
    '1741000001.113 [0 lua] "SET" "token:count" "415000"',
    '1741000001.113 [0 lua] "SETEX" "token:refresh_count" "300" "41500000000000123"',
    '1741000001.113 [0 lua] "SETEX" "page:7" "300" "993062"',
)


@pytest.mark.parametrize("text", [*REPLIES, *MAPS, *COMMANDS])
def test_what_stands_behind_its_name_is_masked_and_nothing_else(text):
    plain = re.sub("[«»]", "", text)
    assert [plain[start:end] for start, end, _ in spans(plain)] == re.findall("«([^»]+)»", text)


@pytest.mark.parametrize("text", [*NO_REPLIES, *NO_MAPS, *NO_COMMANDS])
def test_what_only_looks_like_a_pair_is_left(text):
    assert spans(text) == []


@pytest.mark.parametrize(
    "piece",
    [
        '1) "a"\n',
        '1) "login"\n2) "x"\n',
        "hgetall a\n",
        "foo\nhgetall x\n",
        "{:a ",
        "{:a {:b 1} ",
        '{:login "x" ',
        "{:a 1}",
        "(:a (:b ",
        '{:a "\\',
        "{:a ; x\n",
    ],
)
def test_work_grows_with_the_text(piece):
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 8_192)
