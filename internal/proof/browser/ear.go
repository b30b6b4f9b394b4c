package browser

import (
	"fmt"
)

// Window is how much sound Hear returns: 8192 samples, 0.17 s at 48 kHz.
const Window = 8192

// ear makes, once a page, an analyser behind the stream's audio; a new track in the stream gets a new one.
const ear = `(async () => {
  const stream = %s;
  const [track] = stream.getAudioTracks();
  if (!track) return { rate: 0, samples: [] };
  const ear = (window.__ear ??= { context: new AudioContext() });
  if (ear.context.state !== "running") await ear.context.resume();
  if (ear.track !== track.id) {
    ear.source?.disconnect();
    ear.track = track.id;
    ear.source = ear.context.createMediaStreamSource(new MediaStream([track]));
    ear.analyser = ear.context.createAnalyser();
    ear.analyser.fftSize = 8192;
    ear.source.connect(ear.analyser);
  }
  const samples = new Float32Array(ear.analyser.fftSize);
  ear.analyser.getFloatTimeDomainData(samples);
  return { rate: ear.context.sampleRate, samples: Array.from(samples, (x) => Math.round(x * 1e5)) };
})()`

// Hear returns the newest sound of the MediaStream that the expression names, -1 … 1, and its samples a second; nothing
// while the stream has no audio. The page must play the stream in an element of its own, or Chromium decodes nothing.
func (p *Page) Hear(stream string) (samples []float64, rate float64, err error) {
	heard, err := Eval[struct {
		Rate    float64
		Samples []float64
	}](p, fmt.Sprintf(ear, stream))
	if err != nil {
		return nil, 0, err
	}
	for i := range heard.Samples {
		heard.Samples[i] /= 1e5
	}
	return heard.Samples, heard.Rate, nil
}
