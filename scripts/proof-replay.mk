PROOFS += proof-replay
proof-replay: ## a lived day delivered in 1,000 disorders: the same tables; each law broken alone and named
	@scripts/proof.sh replay
