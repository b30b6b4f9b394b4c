PROOFS += proof-faults-stores
proof-faults-stores: ## Redis and PostgreSQL killed, stopped, slow, flushed, full, under 10 calls/s
	@scripts/proof.sh faults-stores
