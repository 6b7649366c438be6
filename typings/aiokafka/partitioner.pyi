from typing import TypeVar

_P = TypeVar("_P")

class DefaultPartitioner:
    def __call__(self, key: bytes, all_partitions: list[_P], available: list[_P]) -> _P: ...

def murmur2(data: bytes) -> int: ...
