PROOFS += proof-faults-sip
proof-faults-sip: ## trunks that misbehave, lines that lose, double, reorder, delay or are cut
	@scripts/proof.sh faults-sip
