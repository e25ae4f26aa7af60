"""What Redis and Valkey do in one step, in Lua.

A session is a hash of its revision and its JSON. Each script touches keys that share a hash tag, so that they lie on one node
of a cluster. Clients send a script again when its answer was lost; so taking a lease, and writing, succeed when they are found
to have been done already, by the random name that only the sender knows.

What guards the session is its revision: a writer whose lease ran out writes only where nobody else has. A growing number of
the lease beside it was rejected: it would refuse the tokens of a slow but successful holder, which are good, in favour of a
later holder's, whom the server will refuse because the refresh token is used up.
"""

__all__ = ["KEEP_ASIDE", "LOAD", "PROLONG", "RELEASE", "SWAP", "TAKE"]

_PRESENT = """
local function present()
  local kind = redis.call('TYPE', KEYS[1]).ok
  if kind == 'none' then return nil, nil end
  if kind ~= 'hash' then return '', '' end
  return redis.call('HGET', KEYS[1], 'revision') or '', redis.call('HGET', KEYS[1], 'session') or ''
end
local revision, session = present()
"""

# Nothing, or the revision and the session: empty where there is something else.
LOAD = f"""{_PRESENT}
if not revision then return false end
return {{revision, session}}
"""

# KEYS: the session. ARGV: the expected revision, the new revision, the new session, the channel, the writer; empty for none.
# 1 if it was written, 0 if something else was there, -1 if what was there is no session.
SWAP = f"""{_PRESENT}
if revision == '' then return -1 end
if revision and revision == ARGV[2] then return 1 end
if (revision or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'session', ARGV[3])
end
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 1
"""

# KEYS: the session, and the names it may be kept under. ARGV: the revision, and the SHA-1 of the session, that were found.
# The number of the name, or 0 if something else is there by now.
KEEP_ASIDE = f"""{_PRESENT}
if revision ~= ARGV[1] or redis.sha1hex(session) ~= ARGV[2] then return 0 end
for number = 2, #KEYS do
  if number == #KEYS or redis.call('EXISTS', KEYS[number]) == 0 then
    redis.call('RENAME', KEYS[1], KEYS[number])
    return number - 1
  end
end
"""

# KEYS: the lease. ARGV: the holder, and after how many milliseconds it counts as dead. Whether it holds the lease.
TAKE = """
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('GET', KEYS[1]) == ARGV[1] then return 1 end
return 0
"""

# KEYS: the lease. ARGV: the holder, and after how many milliseconds more it counts as dead. Whether it still holds the lease.
PROLONG = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
"""

# KEYS: the lease. ARGV: the holder.
RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""
