from typing import Any, TypeAlias

class CreateAclsRequest_v1:  # noqa: N801
    def __init__(self, creations: list[tuple[int, str, int, str, str, int, int]]) -> None: ...

CreateAclsRequestStruct: TypeAlias = CreateAclsRequest_v1

class CreateAclsRequest:
    def build(self, request_struct_class: type[CreateAclsRequestStruct]) -> Any: ...

class DescribeAclsRequest:
    def __init__(
        self,
        resource_type: int,
        resource_name: str | None,
        resource_pattern_type_filter: int,
        principal: str | None,
        host: str | None,
        operation: int,
        permission_type: int,
    ) -> None: ...
