"""What Kafka says of itself and of our own topics, for a backup and its way back."""

from aiokafka import AIOKafkaConsumer, TopicPartition

from pipeline.kafka import Connection
from pipeline.store import Partition
from schemas.topics import EVENTS, PARTITIONS


async def ends_of_events(kafka: Connection) -> dict[Partition, int]:
    """Where each partition of the services' own events topics ends; raises KafkaError."""
    places = [TopicPartition(topic, number) for topic in EVENTS.values() for number in range(PARTITIONS[topic])]
    async with AIOKafkaConsumer(**kafka.options) as consumer:
        return {(place.topic, place.partition): end for place, end in (await consumer.end_offsets(places)).items()}
