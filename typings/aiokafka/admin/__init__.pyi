from collections.abc import Mapping, Sequence
from ssl import SSLContext
from typing import Any

from aiokafka.admin.config_resource import ConfigResource

class NewTopic:
    name: str
    num_partitions: int
    replication_factor: int
    topic_configs: Mapping[str, str]
    def __init__(
        self,
        name: str,
        num_partitions: int,
        replication_factor: int,
        replica_assignments: Mapping[int, Sequence[int]] | None = None,
        topic_configs: Mapping[str, str] | None = None,
    ) -> None: ...

class AIOKafkaAdminClient:
    def __init__(
        self,
        *,
        bootstrap_servers: str = "localhost",
        security_protocol: str = "PLAINTEXT",
        ssl_context: SSLContext | None = None,
        sasl_mechanism: str = "PLAIN",
        sasl_plain_username: str | None = None,
        sasl_plain_password: str | None = None,
    ) -> None: ...
    async def _send_request(self, request: object) -> Any: ...
    async def start(self) -> None: ...
    async def close(self) -> None: ...
    async def list_topics(self) -> list[str]: ...
    async def create_topics(self, new_topics: Sequence[NewTopic]) -> object: ...
    async def describe_cluster(self) -> dict[str, Any]: ...
    async def alter_configs(self, config_resources: Sequence[ConfigResource]) -> list[Any]: ...
