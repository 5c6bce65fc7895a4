import pytest

from triage.redact import spans


def kinds(text):
    return [kind for _, _, kind in spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256@libssh.org",
        "MACs hmac-sha2-256-etm@openssh.com,umac-128@openssh.com",
        "kex: compression: zlib@openssh.com",
        "rijndael-cbc@lysator.liu.se",
        "debug1: client_input_global_request: rtype hostkeys-00@openssh.com want_reply 0",
        "Requesting authentication agent forwarding: auth-agent@openssh.com",
        "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,sk-ssh-ed25519-cert-v01@openssh.com",
    ],
)
def test_names_of_ssh_are_no_addresses(text):
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text", ["mara@openssh.com", "mara-fern@openssh.com", "desire@ssh.com", "aes256-gcm@example.net", "mara@libssh.org"]
)
def test_people_of_its_makers_have_addresses(text):
    assert kinds(text) == ["email"]
