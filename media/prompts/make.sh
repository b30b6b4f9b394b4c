#!/bin/sh
# Makes the placeholder prompts and the music on hold: 8 kHz, mono, µ-law WAV.
# Needs espeak-ng, flite and sox. Run it in this folder; the same versions make the same files.
set -eu
cd "$(dirname "$0")"
raw=$(mktemp -d)
trap 'rm -rf "$raw"' EXIT

# finish IN OUT: the telephone's band, −3 dBFS at the peak, a breath of silence before and after.
finish() {
	sox -R "$1" -e mu-law -r 8000 -c 1 "$2" gain -h highpass 200 lowpass 3400 rate norm -3 pad 0.1 0.2
}

# say LANG NAME TEXT
say() {
	mkdir -p "$1"
	case $1 in
	en) flite -voice slt -t "$3" -o "$raw/say.wav" ;;
	vi) espeak-ng -v vi -s 150 -g 4 -w "$raw/say.wav" "$3" ;;
	# The voice cmn reads Chinese characters wrongly ("gan-three"); the one for pinyin reads them right.
	zh-Hant) espeak-ng -v cmn-latn-pinyin -s 190 -g 2 -w "$raw/say.wav" "$3" ;;
	esac
	finish "$raw/say.wav" "$1/$2.wav"
}

say en csat-ask-1-5 "Thank you for your call. How satisfied were you with our service? From very dissatisfied, press 1, to very satisfied, press 5."
say en csat-invalid "Sorry, we did not understand. From very dissatisfied, press 1, to very satisfied, press 5."
say en csat-thanks "Thank you for your rating. Goodbye."
say en queue-welcome "Welcome, and thank you for calling. Please wait for the next free agent."
say en drop-safe-harbour "Hello. We are sorry, nobody is free to speak with you right now. We will not keep you waiting. Goodbye."

say vi csat-ask-1-5 "Cảm ơn quý khách đã gọi đến. Quý khách hài lòng thế nào với dịch vụ của chúng tôi? Từ rất không hài lòng, bấm phím 1, đến rất hài lòng, bấm phím 5."
say vi csat-invalid "Xin lỗi, chúng tôi chưa nhận được đánh giá. Từ rất không hài lòng, bấm phím 1, đến rất hài lòng, bấm phím 5."
say vi csat-thanks "Cảm ơn quý khách đã đánh giá. Xin chào và hẹn gặp lại."
say vi queue-welcome "Xin chào, cảm ơn quý khách đã gọi đến. Xin vui lòng chờ, nhân viên của chúng tôi sẽ tiếp chuyện quý khách ngay."
say vi drop-safe-harbour "Xin chào quý khách. Rất tiếc, hiện không có nhân viên nào có thể nói chuyện. Xin lỗi vì sự bất tiện này. Tạm biệt quý khách."

say zh-Hant csat-ask-1-5 "感謝您的來電。請問您對剛才的服務滿意嗎？從非常不滿意，請按1，到非常滿意，請按5。"
say zh-Hant csat-invalid "很抱歉，我們沒有收到您的評分。從非常不滿意，請按1，到非常滿意，請按5。"
say zh-Hant csat-thanks "謝謝您的評分，祝您有美好的一天，再見。"
say zh-Hant queue-welcome "您好，感謝您的來電。請稍候，下一位客服人員將儘快為您服務。"
say zh-Hant drop-safe-harbour "您好，很抱歉，目前沒有客服人員可以與您通話。造成不便，敬請見諒，再見。"

# Music on hold: four chords of four seconds, each a plucked arpeggio over a soft pad. It ends as quietly as it begins,
# so that the loop has no seam. -R makes the noise that plucks the strings the same in every run.
pluck() { # NAME NOTE START
	sox -R -n -r 16000 -c 1 "$raw/$1.wav" synth 2.2 pluck "$2" fade t 0 2.2 1.6 pad "$3" 0
}
chord() { # NAME BASS LOW MIDDLE HIGH
	pluck p0 "$3" 0
	pluck p1 "$4" 0.6
	pluck p2 "$5" 1.2
	pluck p3 "$4" 1.8
	sox -R -n -r 16000 -c 1 "$raw/pad.wav" synth 4 sine "$2" synth 4 sine mix "$3" synth 4 sine mix "$5" fade t 0.8 4 1.2 gain -12
	sox -R -m "$raw/p0.wav" "$raw/p1.wav" "$raw/p2.wav" "$raw/p3.wav" "$raw/pad.wav" "$raw/$1.wav" trim 0 4 fade t 0.02 4 0.2
}
chord c C3 C4 E4 G4
chord a A2 A3 C4 E4
chord f F2 F3 A3 C4
chord g G2 G3 B3 D4
sox -R "$raw/c.wav" "$raw/a.wav" "$raw/f.wav" "$raw/g.wav" "$raw/music.wav"
sox -R "$raw/music.wav" -e mu-law -r 8000 -c 1 music.wav gain -h reverb 30 lowpass 3400 rate norm -9
