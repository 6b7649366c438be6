import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from local.stack import Stack


async def test_a_message_of_eight_mebibytes_passes_through_kafka(stack: Stack) -> None:
    admin = AIOKafkaAdminClient(**stack.kafka.options)
    await admin.start()
    await admin.create_topics([NewTopic("local.eight-mebibytes", 1, 1)])
    await admin.close()
    value = b"x" * (8 << 20)
    async with AIOKafkaProducer(**stack.kafka.options, max_request_size=9 << 20) as producer:
        await producer.send_and_wait("local.eight-mebibytes", value)
    async with AIOKafkaConsumer("local.eight-mebibytes", **stack.kafka.options, auto_offset_reset="earliest") as consumer:
        assert (await consumer.getone()).value == value


async def test_every_test_gets_an_empty_database_whose_owner_makes_roles_but_is_no_superuser(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        assert await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
        assert tuple(await connection.fetchrow("select rolsuper, rolcreaterole from pg_roles where rolname = current_user")) == (
            False,
            True,
        )
    finally:
        await connection.close()
