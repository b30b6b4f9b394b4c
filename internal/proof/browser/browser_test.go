package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/browser"
	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
)

// TestPageIsPressedAndHeard opens a page that takes the microphone after a press and plays it.
func TestPageIsPressedAndHeard(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<input name="who"><button onclick="begin()"><b>Be</b>gin</button><p id="state"></p><audio autoplay></audio>
			<script>
			window.heard = new MediaStream();
			async function begin() {
				const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
				const mic = await navigator.mediaDevices.getUserMedia({ audio: raw });
				heard.addTrack(mic.getAudioTracks()[0]);
				document.querySelector("audio").srcObject = heard;
				document.querySelector("#state").textContent = "hello " + document.querySelector("input").value;
				console.log("begun");
			}
			</script>`)
	}))
	defer server.Close()
	wav := filepath.Join(t.TempDir(), "tone.wav")
	if err := os.WriteFile(wav, phone.WAV(48000, 1000, 5), 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := browser.Start(t.Context(), wav)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	p, err := b.Person()
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []error{
		p.Open(server.URL), p.Type("input", "An"), p.Press("Begin", 5*time.Second),
		p.Until(`document.querySelector("#state").textContent === "hello An"`, 10*time.Second),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	share := 0.0
	for end := time.Now().Add(10 * time.Second); share < 0.9; {
		samples, rate, err := p.Hear("window.heard")
		if err != nil {
			t.Fatal(err)
		}
		if share = wiretap.Tone(samples, rate, 1000); time.Now().After(end) {
			t.Fatalf("share of 1000 Hz is %.3f of power %.4f; the page said %q", share, wiretap.Power(samples), p.Said())
		}
	}
	if said := p.Said(); len(said) == 0 {
		t.Error("the console was not heard")
	}
}
