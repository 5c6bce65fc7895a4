import pytest

from triage.redact import spans

VALUE = "Fumble83Sixt"
UPDATE = "UPDATE users SET password = ? WHERE id = ?"


def found(text):
    return [text[start:end] for start, end, _ in spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        'UPDATE users SET password = $1 WHERE id = $2 -- PARAMETERS: ["{}",22]',
        'UPDATE users SET n = $2, "password" = $1 WHERE id = $3 | Params: ["{}", "a1b2c3d4", 22]',
        "[SQL: UPDATE users SET n=%s, users.password=%s WHERE id=%s]\n[parameters: ('Bo', '{}', 22)]",
        "UPDATE users SET password=%s WHERE id=%s\n[generated in 0.00012s] ('{}', 22)",
        'INSERT INTO users (n, password) VALUES ($1, $2) -- PARAMETERS: [4,"{}"]',
        'INSERT INTO users (n, password) VALUES (lower(?, 1), ?) params: ["a1b2c3d4", "{}"]',
        'INSERT INTO t (n) VALUES (?) ON DUPLICATE KEY UPDATE secret = ? (parameters: array{{"1":2,"2":"{}"}})',
        "SELECT n FROM t WHERE n = ? AND id = (SELECT id FROM s WHERE secret = ?) args=(4, '{}')",
        f"{UPDATE}\n==> Parameters: {{}}(String), 22(Long)\n",
        f"{UPDATE}\nbinding parameter [1] as [VARCHAR] - [{{}}]\nbinding parameter [2] as [BIGINT] - [22]",
        f"{UPDATE}\nbinding parameter (1:VARCHAR) <- [{{}}]",
        f'{{{{"sql":"{UPDATE}","bindings":["{{}}",22]}}}}',
        "LOG:  execute s1: UPDATE users SET password = $2 WHERE id = $1\nDETAIL:  parameters: $1 = '22', $2 = '{}'",
        "CONTEXT:  with parameters: $1 = '22', $2 = '{}'\nSTATEMENT:  INSERT INTO t (id, password) VALUES ($1, $2)",
    ],
)
def test_a_value_is_of_the_column_that_its_mark_stands_for(text):
    assert found(text.format(VALUE)) == [VALUE]


@pytest.mark.parametrize(
    "text",
    [
        'UPDATE users SET n = $1 WHERE id = $2 -- PARAMETERS: ["a1b2c3d4e5",22]',
        f'{UPDATE} -- PARAMETERS: ["********", "a1b2c3d4e5"]',
        f"{UPDATE}\nbinding parameter [2] as [VARCHAR] - [a1b2c3d4]",
        "INSERT INTO t (password, n) VALUES (?, ?) params: [null, 'a1b2c3d4']",
        'please update the values: ["a1b2c3d4"] where password = ?',
        'args: ["--once1", "a1b2c3d4"]',
        "values: [a1b2c3d4, e5f6]",
        "FOR UPDATE password = ? params: ['a1b2c3d4']",
    ],
)
def test_other_values_are_left(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text", ["params: [", "update params: [? ", "=? args: (", "binding parameter [1] as [V] - [x] "]
)
def test_the_form_again_and_again_costs_no_more(text):
    assert found(text * 2_000) == []
