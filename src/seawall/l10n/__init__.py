"""Messages in people's languages: catalogues of ARB files, and who gets which language. Needs `pip install seawall[l10n]`."""

from ._arb import ArbFile, ArbMessage, read_arb
from ._built_in import built_in_files
from ._catalogue import Catalogue
from ._fault import CatalogueError, Fault
from ._folder import read_folder
from ._formats import format_style
from ._install import install, uninstall
from ._negotiate import negotiate
from ._params import Channel, ParamType, channel
from ._pattern import Argument, Pound, arguments
from ._tags import language_tag, locale_id

__all__ = [
    "ArbFile",
    "ArbMessage",
    "Argument",
    "Catalogue",
    "CatalogueError",
    "Channel",
    "Fault",
    "ParamType",
    "Pound",
    "arguments",
    "built_in_files",
    "channel",
    "format_style",
    "install",
    "language_tag",
    "locale_id",
    "negotiate",
    "read_arb",
    "read_folder",
    "uninstall",
]
