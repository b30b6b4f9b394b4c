PROOFS += proof-ledger
proof-ledger: ## 500 calls of mixed fates; packet capture, ledger and SQL must agree on each
	@scripts/proof.sh ledger
