"""Values that are nested under a sensitive name, or begin on the line below what opens their string."""

from __future__ import annotations

import json

import pytest

from triage.redact import mask, spans

ONE, TWO = "Tr4mp0line" + "-Quartz", "k8Kd93jf" + "pQ"
FREE = "hunter2x"


def found(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"password": {"ada": ONE, "bob": TWO}}),
        json.dumps({"password": {"0": ONE, "1": TWO}}),
        json.dumps({"password": {"ada": ONE, "bob": TWO}}, indent=2),
        json.dumps({"passwords": [[ONE], [TWO]]}),
        json.dumps({"passwords": [{"v": ONE}, {"v": TWO}]}),
        json.dumps({"passwords": [{"who": "ada", "phrase_2": {"x": ONE}}, {"who": "bob", "x": TWO}]}),
        json.dumps({"body": json.dumps({"password": {"ada": ONE, "bob": TWO}})}),
        f"{{'passwords': {{'ada': '{ONE}', 'bob': '{TWO}'}}}}",
        f"$passwords = ['ada' => '{ONE}', 'bob' => ['old' => '{TWO}']];",
        f"$passwords = array('ada' => '{ONE}', 'bob' => array('x' => '{TWO}'));",
        f"passwords:\n  ada: {ONE}\n  bob: {TWO}\nname: x\n",
        f"passwords:\n- ada: {ONE}\n- bob: {TWO}\n",
        f"passwords:\n- - {ONE}\n- - {TWO}\n",
        f"passwords:\n- {ONE}\n# old\n\n- {TWO}\n",
        f"passwords:\n  - {ONE} # mine\n  # old\n  - {TWO} # hers\n",
        f"passwords: # of the lab\n  ada:\n    value: {ONE}\n  bob:\n    nested:\n      value: {TWO}\n",
        f"passwords: &all\n  ada: |\n    {ONE}\n  bob: '{TWO}'\n",
        f"passwords: {{ada: {ONE}, bob: {TWO}}}\n",
        f"passwords: [\n  {ONE},\n  {TWO},\n]\n",
        f"passwords: [{ONE},\n  {TWO}]\n",
        f"passwords:\n  [{ONE}, {TWO}]\n",
        f'[lab_passwords]\nada = "{ONE}"\n\n# old\nbob = "{TWO}"\n[other]\nname = "abc7def8"\n',
        f"[passwords]\nada = {ONE}\nbob: {TWO}\n",
        f'[[secrets.passwords]]\nada = ["{ONE}", # old\n  "{TWO}"]\n',
        f'passwords = {{ ada = "{ONE}", bob = "{TWO}" }}\n',
        f'passwords = {{\n  ada = "{ONE}"\n  bob = "{TWO}"\n}}\n',
        f'passwords = [\n  "{ONE}", # old\n  "{TWO}", # new\n]\n',
        f"<passwords><ada>{ONE}</ada><bob>{TWO}</bob></passwords>",
        f"<passwords>\n  <!-- old -->\n  <user><ada>{ONE}</ada></user>\n  <bob><![CDATA[{TWO}]]></bob>\n</passwords>",
        f'<passwords><add key="ada" value="{ONE}"/><add value="{TWO}" key="bob"/></passwords>',
        f"env:\n- value: {ONE}\n  name: DB_PASSWORD\n- value: {TWO}\n  name: MQ_PASSWORD\n",
        f"env:\n- name: DB_PASSWORD\n  value: >-\n    {ONE}\n- name: X_PASSWORD\n  value: |\n    {TWO}\n",
    ],
)
def test_all_that_is_nested_under_the_name_of_passwords_is_found(text):
    whole = found(text)
    assert whole in ([ONE, TWO], [TWO, ONE])
    assert spans(mask(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"secrets": {"db": "«»", "mq": {"x": "«»"}}}',
        '{"tokens": {"github": "«»"}, "api_keys": [{"ada": "«»"}]}',
        "credentials:\n  ada: «»\n",
        "secret:\n  data: «»\n",
        "db_password:\n  default: «»\n  type: string\n",
        "tokens: [\n  «»,\n  «»,\n]\n",
        '[secrets]\ndb = "«»"\n',
        'secret = { db = "«»" }\n',
        "<secrets>\n  <db>«»</db>\n</secrets>",
        '{"password": {"ada": "«»", "description": "that of Ada", "enabled": true}}',
    ],
)
def test_what_looks_random_is_found_under_any_sensitive_name(text):
    text = text.replace("«»", TWO)
    assert {*found(text)} == {TWO}
    assert spans(mask(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        'password = """\n«»"""\n',
        "password = '''\n«»'''\n",
        'PASSWORD = """\\\n    «»\n    """\n',
        'password = textwrap.dedent("""\n  «»\n""")\n',
        "const password = `\n«»`;\n",
        'String password = """\n    «»\n    """;\n',
        "export PASSWORD=$(cat <<EOF\n«»\nEOF\n)\n",
        "password = <<~PW\n  «»\nPW\n",
    ],
)
def test_a_value_may_begin_below_what_opens_its_string(text):
    text = text.replace("«»", ONE)
    assert found(text) == [ONE]
    assert spans(mask(text)) == []


def test_a_word_among_secrets_is_one_too():
    assert found(f"passwords:\n  ada: {ONE}\n  bob: {TWO}\n  eve: sunshine\n") == [ONE, TWO, "sunshine"]
    assert found("passwords:\n  ada: required\n  bob: optional\n  eve: sunshine\n") == []
    assert found(json.dumps({"password": {"ada": FREE}})) == [FREE]


def test_a_flow_list_over_lines_is_masked_at_once():
    values = [f"k{number}Kd{number * 7}jf" for number in range(12, 24)]
    text = "passwords: [\n" + "".join(f"  {value},\n" for value in values) + "]\n"
    assert found(text) == values
    assert spans(mask(text)) == []


def test_a_column_of_numbers_is_found():
    text = json.dumps({"email": {"0": "a", "1": "b"}, "phone": {"0": "0664 1234567", "1": "n/a"}})
    assert found(text) == ["0664 1234567"]


@pytest.mark.parametrize(
    "text",
    [
        '{"password": {"type": "string", "description": "At least 8 characters, 1 digit", "minLength": 8}}',
        '{"password": {"pattern": "^(?=.*[0-9])[A-Za-z0-9]{8,}$", "format": "password", "example": "Abc7defgh1"}}',
        '{"properties": {"token": {"$ref": "#/components/schemas/Token2"}}}',
        '{"credentials": {"type": "object", "required": ["username", "password1"]}}',
        "password:\n  type: string\n  minLength: 8\n  example: Abc7defgh1\n  description: at-least-8-characters\n",
        "env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db-secret-v2\n      key: password-1\n",
        "secret:\n  secretName: app-secrets-7f9c4d8b6c\n  defaultMode: 420\n  items:\n  - key: db-1\n    path: db/p1\n",
        "secrets:\n  db_password:\n    file: ./secrets/db_password1.txt\n  api_token2:\n    external: true\n",
        "secrets:\n  - source: db_password\n    target: /run/secrets/db_password2\n    uid: '103'\n",
        "secrets:\n  NPM_TOKEN:\n    description: Token for npm, 2 weeks\n    required: true\n",
        "secrets:\n  npm: ${{ secrets.NPM_TOKEN2 }}\n  other: ${OTHER_2}\n",
        'password: {label: "Password", placeholder: "Your password", hint: "at-least-8-chars"}\n',
        '{"password": {"label": "Passwort", "forgot": "Passwort vergessen?", "strength": {"weak": "Schwach"}}}',
        "password: {\n  type: String,\n  minlength: [8, 'Use 8 characters'],\n  className: 'form-control-2 mt4',\n},\n",
        "const rules = token => { const x1 = hash256('abc12345'); return x1; }\n",
        '{"tokens": {"color": {"primary": "#ff00aa"}, "spacing": {"sm": "4px", "lg": "1.5rem"}, "fast": "150ms"}}',
        '{"tokens": [{"text": "hello2world", "lemma": "hello2world", "pos": "NN"}]}',
        '{"token": {"alg": "HS256", "typ": "JWT", "kid": "2024-key-01", "sub": "user-1234"}}',
        "credentials:\n  type: usernamePassword\n  id: github-deploy-2\n  provider: aws-sm-v2\n  enabled: true\n",
        "credentials:\n  expires: 2027-01-31\n  region: eu-west-1\n  file: /etc/acme/cred2.json\n",
        '[secrets]\nbackend = "vault-2"\npath = "kv2/data/app1"\nttl = "24h"\nenabled = true\n',
        '[tool.detect-secrets]\nexclude = "tests/data1"\nversion = "1.4.0"\n',
        "[token]\nexpiry = 15m\nalgorithm = RS256\n",
        "opened [secret]\nname = x7Kd93jfpQ\n",
        '<secrets><backend type="vault2"/><path>kv2/data</path><enabled>true</enabled></secrets>',
        "<Password><Label>Your password 2</Label><Hint>min8chars</Hint></Password>",
        '<xs:element name="password"><xs:minLength value="8"/></xs:element>',
        'password = """\nPlease enter the password of the db2 account.\n"""\n',
        'password_query = """\nSELECT id, password1\nFROM users2\n"""\n',
        "token = dedent(`\n  const a1 = 2;\n`)\n",
        "password = <<EOF\nThe 2nd password is asked for later.\nEOF\n",
        "invalid password:\n    at com.acme.Login2.check(Login2.java:12)\n",
        "password:\nname: acme-web-2b7d9c\n",
        "passwords:\n- Use at least 12 characters\n\n- Never share one\n",
        "secrets: [db_password, api_token2, tls-cert-2]\n",
        "env:\n- value: info2debug\n  name: LOG_LEVEL\n",
        '{"passwords": {"policy": {"kdf": "pbkdf2-sha256", "algorithm": "bcrypt-12"}}}',
        '{"session": {"status": "crashed", "attrs": {"release": "editor@5.0.2+1181", "environment": "beta-2"}}}',
        '{"password": {"message": "Password too short (min 8)", "code": "E1234", "rule": "min:8"}}',
    ],
)
def test_what_tells_of_a_value_stays(text):
    assert mask(text) == text
