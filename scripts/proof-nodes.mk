PROOFS += proof-nodes
proof-nodes: ## two nodes at 5 calls/s: killed, stopped, unplugged, cut off, a campaign on both; needs root
	@scripts/proof.sh nodes
