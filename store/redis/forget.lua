-- Deletes a checkpoint that has been stored, unless a newer one has replaced it.
--
-- KEYS[1] checkpoint   ARGV[1] the seq that was stored
--
-- Returns 1 if it was deleted, else 0.

if redis.call('HGET', KEYS[1], 'seq') ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
