package media

import (
	"math/rand/v2"
	"time"

	"github.com/pion/rtcp"
)

// nextReport is when to report next: every so often on average, moved by up to half of it so that a thousand ends do
// not report at once (RFC 3550 §6.3.1).
func nextReport(now time.Time, every time.Duration) time.Time {
	return now.Add(every/2 + rand.N(every))
}

// reporter is the RTCP state of one end.
type reporter struct {
	due        time.Time
	lastSR     uint32 // middle 32 bits of the far side's last NTP time
	lastSRAt   time.Time
	sentAtLast uint64 // packets sent by the time of our last report
	rtt        time.Duration
	farLost    float64
	farJitter  time.Duration
	farReports uint64
}

// compound is our report: SR while we send, else RR, and the CNAME (RFC 3550 §6.1).
func (r *reporter) compound(now time.Time, tx *rewriter, rx *reception, sent, octets uint64, cname string) []rtcp.Packet {
	var blocks []rtcp.ReceptionReport
	if rx.count > 0 {
		blocks = append(blocks, r.block(now, rx))
	}
	var report rtcp.Packet = &rtcp.ReceiverReport{SSRC: tx.ssrc, Reports: blocks}
	if sent > r.sentAtLast {
		report = &rtcp.SenderReport{SSRC: tx.ssrc, NTPTime: ntp(now), RTPTime: tx.now(now),
			PacketCount: uint32(sent), OctetCount: uint32(octets), Reports: blocks}
	}
	r.sentAtLast = sent
	return []rtcp.Packet{report, &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{
		Source: tx.ssrc, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: cname}}}}}}
}

func (r *reporter) block(now time.Time, rx *reception) rtcp.ReceptionReport {
	b := rx.report()
	out := rtcp.ReceptionReport{SSRC: b.ssrc, FractionLost: b.fraction, TotalLost: uint32(b.lost) & 0xFFFFFF,
		LastSequenceNumber: b.highest, Jitter: b.jitter, LastSenderReport: r.lastSR}
	if !r.lastSRAt.IsZero() {
		out.Delay = uint32(now.Sub(r.lastSRAt) * 65536 / time.Second)
	}
	return out
}

// heard takes the far side's reports; ours is the SSRC that its blocks must name.
func (r *reporter) heard(packets []rtcp.Packet, ours uint32, at time.Time) {
	for _, p := range packets {
		switch p := p.(type) {
		case *rtcp.SenderReport:
			r.lastSR, r.lastSRAt = uint32(p.NTPTime>>16), at
			r.blocks(p.Reports, ours, at)
		case *rtcp.ReceiverReport:
			r.blocks(p.Reports, ours, at)
		}
	}
}

func (r *reporter) blocks(blocks []rtcp.ReceptionReport, ours uint32, at time.Time) {
	for _, b := range blocks {
		if b.SSRC != ours {
			continue
		}
		r.farReports++
		r.farLost = float64(b.FractionLost) / 256
		r.farJitter = samplesToTime(int64(b.Jitter))
		if b.LastSenderReport == 0 {
			continue
		}
		// RFC 3550 §6.4.1: A - LSR - DLSR, in 1/65536 s; a wall clock step makes nonsense of it, so bound it.
		rtt := int32(uint32(ntp(at)>>16) - b.LastSenderReport - b.Delay)
		if rtt >= 0 && rtt < 60<<16 {
			r.rtt = time.Duration(rtt) * time.Second / 65536
		}
	}
}

// ntp is the 64-bit NTP time: seconds since 1900 and 1/2^32 s.
func ntp(t time.Time) uint64 {
	const since1900 = 2208988800
	return uint64(t.Unix()+since1900)<<32 | uint64(t.Nanosecond())<<32/1e9
}
