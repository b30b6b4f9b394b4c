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
	mkdir -p "$(dirname "$1/$2")"
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
say en call-recorded "This call is recorded to improve our service."

say vi csat-ask-1-5 "Cảm ơn quý khách đã gọi đến. Quý khách hài lòng thế nào với dịch vụ của chúng tôi? Từ rất không hài lòng, bấm phím 1, đến rất hài lòng, bấm phím 5."
say vi csat-invalid "Xin lỗi, chúng tôi chưa nhận được đánh giá. Từ rất không hài lòng, bấm phím 1, đến rất hài lòng, bấm phím 5."
say vi csat-thanks "Cảm ơn quý khách đã đánh giá. Xin chào và hẹn gặp lại."
say vi queue-welcome "Xin chào, cảm ơn quý khách đã gọi đến. Xin vui lòng chờ, nhân viên của chúng tôi sẽ tiếp chuyện quý khách ngay."
say vi drop-safe-harbour "Xin chào quý khách. Rất tiếc, hiện không có nhân viên nào có thể nói chuyện. Xin lỗi vì sự bất tiện này. Tạm biệt quý khách."
say vi call-recorded "Cuộc gọi này được ghi âm để nâng cao chất lượng dịch vụ."

say zh-Hant csat-ask-1-5 "感謝您的來電。請問您對剛才的服務滿意嗎？從非常不滿意，請按1，到非常滿意，請按5。"
say zh-Hant csat-invalid "很抱歉，我們沒有收到您的評分。從非常不滿意，請按1，到非常滿意，請按5。"
say zh-Hant csat-thanks "謝謝您的評分，祝您有美好的一天，再見。"
say zh-Hant queue-welcome "您好，感謝您的來電。請稍候，下一位客服人員將儘快為您服務。"
say zh-Hant drop-safe-harbour "您好，很抱歉，目前沒有客服人員可以與您通話。造成不便，敬請見諒，再見。"
say zh-Hant call-recorded "為提升服務品質，本次通話將會錄音。"

# What queues, menus and call-backs say.
say en queue-closed "Thank you for calling. You have reached us outside of our opening hours. Please call again when we are open. Goodbye."
say en queue-full "We are sorry, too many people are calling us right now. Please try again a little later. Goodbye."
say en queue-nobody "We are sorry, nobody can take your call at the moment. Please try again later. Goodbye."
say en queue-comfort "Thank you for waiting. We will be with you as soon as we can."
say en queue-position "Your place in the queue is number"
say en queue-wait "The wait is about"
say en queue-minute "minute."
say en queue-minutes "minutes."
say en queue-wait-short "The wait is less than a minute."
say en menu-invalid "Sorry, that is not one of the choices."
say en menu-silent "Sorry, we did not hear a key."
say en callback-offer "We can call you back without your losing your place. To be called on the number that you are calling from, press 1. To go on waiting, just stay on the line."
say en callback-thanks "Thank you. We will call you back as soon as it is your turn. Goodbye."
say en voicemail-greeting "Please leave a message after the tone. When you are done, hang up or press the hash key."
say en voicemail-thanks "Thank you for your message. Goodbye."

say vi queue-closed "Cảm ơn quý khách đã gọi đến. Hiện đang ngoài giờ làm việc. Xin quý khách vui lòng gọi lại trong giờ làm việc. Xin chào."
say vi queue-full "Rất tiếc, hiện có quá nhiều khách đang gọi. Xin quý khách vui lòng gọi lại sau ít phút. Xin chào."
say vi queue-nobody "Rất tiếc, hiện không có nhân viên nào tiếp chuyện được. Xin quý khách vui lòng gọi lại sau. Xin chào."
say vi queue-comfort "Cảm ơn quý khách đã chờ. Chúng tôi sẽ tiếp chuyện quý khách ngay khi có thể."
say vi queue-position "Quý khách đang ở vị trí số"
say vi queue-wait "Thời gian chờ khoảng"
say vi queue-minute "phút."
say vi queue-minutes "phút."
say vi queue-wait-short "Thời gian chờ chưa đến một phút."
say vi menu-invalid "Xin lỗi, phím này không có trong các lựa chọn."
say vi menu-silent "Xin lỗi, chúng tôi chưa nhận được lựa chọn."
say vi callback-offer "Chúng tôi có thể gọi lại cho quý khách mà quý khách vẫn giữ nguyên vị trí. Để được gọi lại theo số đang gọi, bấm phím 1. Để tiếp tục chờ, xin giữ máy."
say vi callback-thanks "Cảm ơn quý khách. Chúng tôi sẽ gọi lại ngay khi đến lượt quý khách. Xin chào."
say vi voicemail-greeting "Xin quý khách để lại lời nhắn sau tiếng bíp. Khi xong, xin gác máy hoặc bấm phím thăng."
say vi voicemail-thanks "Cảm ơn quý khách đã để lại lời nhắn. Xin chào."

say zh-Hant queue-closed "感謝您的來電。目前不在服務時間內，請您在服務時間再來電，謝謝，再見。"
say zh-Hant queue-full "很抱歉，目前來電人數過多，請您稍後再撥，謝謝，再見。"
say zh-Hant queue-nobody "很抱歉，目前沒有客服人員可以為您服務，請您稍後再撥，謝謝，再見。"
say zh-Hant queue-comfort "感謝您的耐心等候，我們將儘快為您服務。"
say zh-Hant queue-position "您目前排在第"
say zh-Hant queue-position-after "位。"
say zh-Hant queue-wait "預計等候時間大約"
say zh-Hant queue-minute "分鐘。"
say zh-Hant queue-minutes "分鐘。"
say zh-Hant queue-wait-short "預計等候時間不到一分鐘。"
say zh-Hant menu-invalid "很抱歉，沒有這個選項。"
say zh-Hant menu-silent "很抱歉，我們沒有收到您的選擇。"
say zh-Hant callback-offer "我們可以回電給您，並保留您的順位。若要以來電號碼回電，請按1。若要繼續等候，請不要掛斷。"
say zh-Hant callback-thanks "謝謝您，輪到您時我們會立刻回電，再見。"
say zh-Hant voicemail-greeting "請在嗶聲後留言，留言完畢請掛斷或按井字鍵。"
say zh-Hant voicemail-thanks "感謝您的留言，再見。"

# Numbers, word by word: package call composes them. The names are those of Asterisk's sets where it has the word.
number() { # LANG NAME TEXT
	say "$1" "digits/$2" "$3"
}
n=0
for w in zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen; do
	number en $n $w
	n=$((n + 1))
done
n=20
for w in twenty thirty forty fifty sixty seventy eighty ninety; do
	number en $n $w
	n=$((n + 10))
done
number en hundred hundred
n=0
for w in không một hai ba bốn năm sáu bảy tám chín mười; do
	number vi $n $w
	n=$((n + 1))
done
number vi ty mươi # twenty is "two ty"
number vi 1-after-ty mốt
number vi 5-after-ten lăm
number vi hundred trăm
number vi and lẻ
n=0
for w in 零 一 二 三 四 五 六 七 八 九 十; do
	number zh-Hant $n $w
	n=$((n + 1))
done
number zh-Hant hundred 百
number zh-Hant both 兩 # two of something
# beep LANG NAME: a tone at the end, after which the customer speaks.
beep() {
	sox -R -n -r 8000 -c 1 -e mu-law "$raw/beep.wav" synth 0.4 sine 1000 gain -9 fade t 0.02 0.4 0.02
	sox -R "$1/$2.wav" "$raw/beep.wav" -e mu-law "$raw/beeped.wav"
	mv "$raw/beeped.wav" "$1/$2.wav"
}

# Surveys: what a question asks, and what is said when no answer came.
say en survey-opening "May we ask you a few short questions about this call? For yes, press 1. For no, press 2."
say en survey-opening-again "Sorry, we did not understand. To answer a few questions, press 1. To end the call, press 2."
say en survey-thanks "Thank you very much. Goodbye."
say en survey-again-1-5 "Sorry, we did not understand. Please press a key from 1, the worst, to 5, the best."
say en survey-again-0-10 "Sorry, we did not understand. Please press a number from 0 to 10, and then the hash key."
say en survey-again-1-2 "Sorry, we did not understand. For yes, press 1. For no, press 2."
say en survey-nps "Would you recommend us to friends or colleagues? From not at all, press 0, to certainly, press 10."
say en survey-resolved "Is your matter settled now? For yes, press 1. For no, press 2."
say en survey-expectation "Did we meet your expectations? From not at all, press 1, to far more than that, press 5."
say en survey-attitude "How friendly and helpful was the person you spoke with? From not at all, press 1, to very, press 5."
say en survey-professionalism "How well did the person know the matter? From not at all, press 1, to very well, press 5."
say en survey-problem_solving "How well was your problem solved? From not at all, press 1, to completely, press 5."
say en survey-effort "How easy was it for you? From very hard, press 1, to very easy, press 5."
say en survey-voice "After the tone, please tell us in your own words what we can do better. We record it. Press the hash key when you are done."
beep en survey-voice

say vi survey-opening "Xin phép hỏi quý khách vài câu ngắn về cuộc gọi này. Nếu đồng ý, bấm phím 1. Nếu không, bấm phím 2."
say vi survey-opening-again "Xin lỗi, chúng tôi chưa hiểu. Để trả lời vài câu hỏi, bấm phím 1. Để kết thúc, bấm phím 2."
say vi survey-thanks "Xin chân thành cảm ơn quý khách. Xin chào."
say vi survey-again-1-5 "Xin lỗi, chúng tôi chưa hiểu. Xin bấm một phím từ 1, kém nhất, đến 5, tốt nhất."
say vi survey-again-0-10 "Xin lỗi, chúng tôi chưa hiểu. Xin bấm một số từ 0 đến 10, rồi bấm phím thăng."
say vi survey-again-1-2 "Xin lỗi, chúng tôi chưa hiểu. Nếu có, bấm phím 1. Nếu không, bấm phím 2."
say vi survey-nps "Quý khách có giới thiệu chúng tôi với bạn bè hay đồng nghiệp không? Từ hoàn toàn không, bấm phím 0, đến chắc chắn có, bấm phím 10."
say vi survey-resolved "Vấn đề của quý khách đã được giải quyết chưa? Nếu rồi, bấm phím 1. Nếu chưa, bấm phím 2."
say vi survey-expectation "Chúng tôi có đáp ứng mong đợi của quý khách không? Từ hoàn toàn không, bấm phím 1, đến vượt mong đợi, bấm phím 5."
say vi survey-attitude "Nhân viên có nhiệt tình và lịch sự không? Từ hoàn toàn không, bấm phím 1, đến rất nhiệt tình, bấm phím 5."
say vi survey-professionalism "Nhân viên có am hiểu công việc không? Từ hoàn toàn không, bấm phím 1, đến rất am hiểu, bấm phím 5."
say vi survey-problem_solving "Vấn đề của quý khách được giải quyết tốt đến đâu? Từ hoàn toàn không, bấm phím 1, đến trọn vẹn, bấm phím 5."
say vi survey-effort "Việc này có dễ dàng với quý khách không? Từ rất khó, bấm phím 1, đến rất dễ, bấm phím 5."
say vi survey-voice "Sau tiếng bíp, xin quý khách nói cho chúng tôi biết cần làm gì tốt hơn. Chúng tôi sẽ ghi âm. Khi xong, xin bấm phím thăng."
beep vi survey-voice

say zh-Hant survey-opening "可以請教您幾個關於這次通話的簡短問題嗎？可以，請按1。不方便，請按2。"
say zh-Hant survey-opening-again "很抱歉，我們沒有聽懂。回答問題，請按1。結束通話，請按2。"
say zh-Hant survey-thanks "非常感謝您，再見。"
say zh-Hant survey-again-1-5 "很抱歉，我們沒有聽懂。請從1到5按一個鍵，1是最差，5是最好。"
say zh-Hant survey-again-0-10 "很抱歉，我們沒有聽懂。請按0到10的數字，再按井字鍵。"
say zh-Hant survey-again-1-2 "很抱歉，我們沒有聽懂。是，請按1。不是，請按2。"
say zh-Hant survey-nps "您會向親友或同事推薦我們嗎？從完全不會，請按0，到一定會，請按10。"
say zh-Hant survey-resolved "您的問題解決了嗎？解決了，請按1。還沒有，請按2。"
say zh-Hant survey-expectation "我們的服務符合您的期望嗎？從完全不符合，請按1，到超出期望，請按5。"
say zh-Hant survey-attitude "客服人員的態度親切嗎？從完全不親切，請按1，到非常親切，請按5。"
say zh-Hant survey-professionalism "客服人員夠專業嗎？從完全不專業，請按1，到非常專業，請按5。"
say zh-Hant survey-problem_solving "您的問題處理得好嗎？從完全不好，請按1，到非常好，請按5。"
say zh-Hant survey-effort "這次處理對您來說容易嗎？從非常困難，請按1，到非常容易，請按5。"
say zh-Hant survey-voice "請在嗶聲後，用您自己的話告訴我們哪裡可以做得更好，我們會錄音。說完請按井字鍵。"
beep zh-Hant survey-voice

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
