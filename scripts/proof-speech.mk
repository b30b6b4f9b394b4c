PROOFS += proof-speech
proof-speech: ## recordings of generated speech, judged on the sound: each side on its channel, a crash in the middle
	@scripts/proof.sh speech
