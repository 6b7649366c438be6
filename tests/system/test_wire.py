"""A broker that speaks TLS is reached through the authority that we trust, and through no other."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from faststream.kafka import KafkaBroker

from local import kafka
from local.folder import throw_away_folder
from pipeline.consumer import security
from pipeline.kafka import Connection
from schemas.access import ADMINISTRATOR
from services import prepare

TLS = """\
ssl.keystore.type=PEM
ssl.keystore.location={key}
ssl.truststore.type=PEM
ssl.truststore.location={certificate}
"""


def certify(folder: Path, name: str) -> Path:
    """A certificate for this machine that is its own authority; its key lies before it in `<name>.key`."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime.now(UTC) - timedelta(days=1)).not_valid_after(datetime.now(UTC) + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
    written = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{name}.key").write_bytes(key.private_bytes(*plain) + written)
    (folder / f"{name}.pem").write_bytes(written)
    return folder / f"{name}.pem"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certify(tmp_path_factory.mktemp("ours"), "ours")


@pytest.fixture(scope="module")
def encrypted(authority: Path) -> Iterator[Connection]:
    """The broker's administrator, over TLS."""
    with throw_away_folder() as folder, pytest.MonkeyPatch.context() as patch:
        broker = kafka.Kafka(folder, {ADMINISTRATOR: "of-this-test"}, throw_away=True)
        spoken = kafka.PROPERTIES.replace("CLIENTS:SASL_PLAINTEXT", "CLIENTS:SASL_SSL")
        patch.setattr(kafka, "PROPERTIES", spoken + TLS.format(key=authority.with_suffix(".key"), certificate=authority))
        try:
            broker.prepare()
            broker.launch()
            broker.wait()
            yield replace(broker.connection, authority=authority)
        finally:
            broker.program.stop(signal.SIGKILL, 30)


async def test_the_topics_are_made_and_the_rights_given_over_tls(encrypted: Connection) -> None:
    await prepare.topics(encrypted)


async def test_a_broker_of_faststream_comes_over_tls(encrypted: Connection) -> None:
    async with KafkaBroker(encrypted.servers, security=security(encrypted), logger=None) as broker:
        await broker.start()
        assert await broker.ping(timeout=20)


async def test_a_certificate_of_another_authority_is_refused(
    encrypted: Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(KafkaConnectionError):
        await prepare.topics(replace(encrypted, authority=certify(tmp_path, "theirs")))
    assert "certificate verify failed" in caplog.text


async def test_a_name_that_the_certificate_does_not_carry_is_refused(encrypted: Connection, caplog: pytest.LogCaptureFixture) -> None:
    elsewhere = encrypted.servers.replace("127.0.0.1", "localhost")
    with pytest.raises(KafkaConnectionError):
        await prepare.topics(replace(encrypted, servers=elsewhere))
    assert "certificate is not valid for 'localhost'" in caplog.text


async def test_nobody_comes_without_tls(encrypted: Connection) -> None:
    with pytest.raises(KafkaConnectionError):
        await prepare.topics(replace(encrypted, authority=None))
