import pytest

from triage.redact import spans

VALUE = "Tundr4+571x"


def found(text):
    return [text[start:end] for start, end, _ in spans(text)]


@pytest.mark.parametrize(
    "command",
    [
        "kubectl get secret db -o jsonpath='{.data.password}'",
        "kubectl get secret db -o jsonpath='{.data.password}' | base64 -d",
        "kubectl -n shop get secret db -o json | jq -r .data.password",
        "oc get secret db --template={{.data.password}}",
        "oc whoami -t",
        "vault kv get -field=password secret/db",
        "aws secretsmanager get-secret-value --secret-id db --query SecretString --output text",
        "gcloud secrets versions access latest --secret=db",
        "az keyvault secret show --vault-name v -n db --query value -o tsv",
        "op item get db --fields password --reveal",
        "security find-generic-password -s db -w",
        "openssl rand -base64 24",
        "terraform output -raw db_password",
        "heroku config:get API_SECRET",
        "cat /run/secrets/db",
        "cat conf/db_password.txt",
    ],
)
@pytest.mark.parametrize("form", ["$ {}\n{}\n$ exit\n", "$ {}\r\n{}\r\n"])
def test_the_answer_of_a_store_is_a_secret(command, form):
    assert found(form.format(command, VALUE)) == [VALUE]


@pytest.mark.parametrize(
    "text",
    [
        "$ kubectl get secret -o name\nsecret/db-1\n",
        "$ kubectl get secret db1\ndb-1x2y3z\n",
        "$ kubectl get secrets\nNAME   TYPE     DATA   AGE\ndb-1   Opaque   1      3d\n",
        "$ kubectl get secret db -o jsonpath='{.metadata.uid}'\n5f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\n",
        "$ vault read -field=ttl secret/db\n768h30m\n",
        "$ vault read secret/db\nError 403: permission denied\n",
        "$ vault kv get -field=password secret/db\nroot-shell-2:~$\n",
        "$ terraform output -raw vpc_id\nvpc-0a1b2c3d\n",
        "$ heroku config:get LOG_LEVEL\ndebug7\n",
        "$ cat build_number.txt\nrelease-77\n",
        "$ cat db_password.txt\nrequired\n",
        "$ op read op://x/y/password\nhttps://localhost/a1b2c3\n",
    ],
)
def test_other_answers_are_left(text):
    assert found(text) == []
