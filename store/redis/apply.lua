-- Applies one batch of a node's stamps, all or nothing.
--
-- KEYS[1] position   KEYS[2] state   KEYS[3] calls   KEYS[4] agents   KEYS[5] touched   KEYS[6] cuts
-- KEYS[7] the frozen copy to make, or KEYS[1] where none is made
-- KEYS[8…] the buckets of the counters
--
-- ARGV[1] the position that the batch follows    ARGV[2] the position after it
-- ARGV[3] the state, "" = keep the old one       ARGV[4] the channel to tell
-- ARGV[5] lifetime of counters, s                ARGV[6] the cut's name, "" = no cut
-- ARGV[7] index in KEYS of the bucket to freeze, 0 = none
-- then four lists, each with its length before it:
--   counters: index in KEYS, field, what to add   (length = numbers of triples)
--   calls:    id, JSON ("" = gone)                (length = number of pairs)
--   agents:   id, JSON ("" = gone)
--   buckets:  the names of KEYS[8…], for touched
--
-- Returns "ok", or the position it found where that is not ARGV[1] ("" = none):
-- then nothing was changed.

local position = redis.call('HGET', KEYS[1], 'seq') or ''
if position ~= ARGV[1] and not (position == '' and ARGV[1] == '0') then
  return position
end

local at = 8
local function length()
  local n = tonumber(ARGV[at])
  at = at + 1
  return n
end

for _ = 1, length() do
  redis.call('HINCRBY', KEYS[tonumber(ARGV[at])], ARGV[at + 1], ARGV[at + 2])
  at = at + 3
end

for _, key in ipairs({ KEYS[3], KEYS[4] }) do
  for _ = 1, length() do
    if ARGV[at + 1] == '' then
      redis.call('HDEL', key, ARGV[at])
    else
      redis.call('HSET', key, ARGV[at], ARGV[at + 1])
    end
    at = at + 2
  end
end

for i = 1, length() do
  redis.call('SADD', KEYS[5], ARGV[at])
  redis.call('EXPIRE', KEYS[7 + i], ARGV[5])
  at = at + 1
end

local freeze = tonumber(ARGV[7])
if freeze > 0 then
  redis.call('DEL', KEYS[7])
  redis.call('COPY', KEYS[freeze], KEYS[7])
  redis.call('HSET', KEYS[7], '#seq', ARGV[2])
  redis.call('EXPIRE', KEYS[7], ARGV[5])
  redis.call('SADD', KEYS[6], ARGV[6])
end

if ARGV[3] ~= '' then
  redis.call('SET', KEYS[2], ARGV[3])
  redis.call('HSET', KEYS[1], 'state_seq', ARGV[2])
end
redis.call('HSET', KEYS[1], 'seq', ARGV[2])
redis.call('PUBLISH', ARGV[4], ARGV[2])
return 'ok'
