package media_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/media"
)

// What a relayed packet costs on its way out: rewriting, for a browser pion's encryption, and the system call.
func BenchmarkWriteRTP(b *testing.B) {
	e := startEngine(b)
	same, _, _ := trunkTo(b, e, media.NewFormat(media.PCMU, 101))
	other, _, _ := trunkTo(b, e, media.NewFormat(media.PCMA, 101))
	web, _, _ := webTo(b, e)
	for _, c := range []struct {
		name string
		end  media.End
	}{{"trunk", same}, {"trunk, other law", other}, {"browser", web}} {
		b.Run(c.name, func(b *testing.B) {
			buf := make([]byte, 12+media.FrameSize, 12+media.FrameSize+32)
			before := c.end.Stats()
			p := media.Packet{SSRC: 5, Via: 1000}
			b.ReportAllocs()
			for b.Loop() {
				p.B, p.Law, p.At = buf, media.PCMU, time.Now()
				p.Seq++
				p.TS += media.FrameSize
				c.end.WriteRTP(&p)
			}
			if after := c.end.Stats(); after.Sent-before.Sent < uint64(b.N) {
				b.Errorf("%d packets written, %d sent", b.N, after.Sent-before.Sent)
			}
		})
	}
}
