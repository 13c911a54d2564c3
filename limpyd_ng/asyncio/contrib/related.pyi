"""See the module. Written by tools/stubs.py; do not edit."""

from .._family import FKInstanceHashField as FKInstanceHashField
from .._family import FKStringField as FKStringField
from .._family import M2MListField as M2MListField
from .._family import M2MSetField as M2MSetField
from .._family import M2MSortedSetField as M2MSortedSetField
from .._family import RelatedCollection as RelatedCollection
from .._family import RelatedModel as RelatedModel
