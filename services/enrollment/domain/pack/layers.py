"""The layers of assistance as a policy pack says them: nobody in a higher one may be in a lower one as well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from services.enrollment.domain.pack.sourced import Name, Sourced


class Layer(Sourced, frozen=True):
    """Whoever has one of these benefits is in it."""

    name: Name
    benefits: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]


def _apart(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    found: dict[str, str] = {}
    for number, layer in enumerate(layers):
        if layer.name in (before.name for before in layers[:number]):
            message = f"names {layer.name} twice"
            raise ValueError(message)
        for benefit in layer.benefits:
            if benefit in found:
                message = f"has {benefit} in {found[benefit]} and in {layer.name}"
                raise ValueError(message)
            found[benefit] = layer.name
    return layers


# From the highest to the lowest; a pack without any keeps nothing apart.
Layers: TypeAlias = Annotated[tuple[Layer, ...], AfterValidator(_apart)]


def benefits_of(layers: Iterable[Layer], names: frozenset[str]) -> tuple[str, ...]:
    """The benefits of the layers with these names, those of the highest first."""
    return tuple(benefit for layer in layers if layer.name in names for benefit in layer.benefits)
