"""Who takes part in a write: objects, and the fields that are written."""

from __future__ import annotations

from collections.abc import Iterable

from .schema import FieldSchema, ModelSchema

__all__ = ["ANY", "MUST", "NEW", "ObjectRef", "Parties"]

#: the modes of an object in a write
MUST, NEW, ANY = "must", "new", "any"


class ObjectRef:
    """An object taking part in a write: its model, its pk ('' is the next automatic one)."""

    __slots__ = ("mode", "model", "pk")

    def __init__(self, model: ModelSchema, pk: str, mode: str = MUST) -> None:
        self.model = model
        self.pk = pk
        self.mode = mode


class Parties:
    """The objects of a write, and the fields of theirs that a refusal may name."""

    def __init__(self, *objects: ObjectRef) -> None:
        self.objects = objects
        self._fields: dict[str, FieldSchema] = {}

    def know(self, fields: Iterable[FieldSchema]) -> None:
        """Takes note of fields that a refusal may name."""
        self._fields.update((field.stored, field) for field in fields)

    def model_of(self, field: FieldSchema) -> ModelSchema:
        """The model that has this field, among those of the objects."""
        models = [ref.model for ref in self.objects]
        return next((model for model in models if model.fields.get(field.name) is field), models[0])

    def field(self, stored: str) -> FieldSchema:
        """The field that a refusal names."""
        return self._fields[stored]
