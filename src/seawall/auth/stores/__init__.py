"""Where sessions lie between two runs, and between processes."""

from ._encryption import EncryptionKey
from ._file import FileStore
from ._keyring import KeyringStore
from ._keyring_key import KeyringKey
from ._memory import MemoryStore
from ._redis import RedisStore
from ._store import CorruptStoreError, Lease, StoredSession, StoreError, TokenStore, decode_session, encode_session

__all__ = [
    "CorruptStoreError",
    "EncryptionKey",
    "FileStore",
    "KeyringKey",
    "KeyringStore",
    "Lease",
    "MemoryStore",
    "RedisStore",
    "StoreError",
    "StoredSession",
    "TokenStore",
    "decode_session",
    "encode_session",
]
