"""See the module. Written by tools/stubs.py; do not edit."""

from ._family import AutoPKField as AutoPKField
from ._family import EmbeddedField as EmbeddedField
from ._family import EnumField as EnumField
from ._family import GeoField as GeoField
from ._family import HashField as HashField
from ._family import InstanceHashField as InstanceHashField
from ._family import JSONField as JSONField
from ._family import ListField as ListField
from ._family import PKField as PKField
from ._family import RedisModel as RedisModel
from ._family import SetField as SetField
from ._family import SortedSetField as SortedSetField
from ._family import StringField as StringField
from ._family import ULIDPKField as ULIDPKField
from ._family import UUIDPKField as UUIDPKField
from .database import RedisDatabase as RedisDatabase
