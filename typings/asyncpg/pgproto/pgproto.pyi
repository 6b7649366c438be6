from uuid import UUID as _UUID

class UUID(_UUID):
    def __init__(self, value: str | bytes) -> None: ...
