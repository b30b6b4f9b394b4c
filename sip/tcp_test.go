package sip

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/sip/siptest"
)

func TestCallInOverTCP(t *testing.T) {
	r := newRig(t, 9)
	phone := siptest.Start(t, "testdata/uac.xml", r.Addr("tcp").String(), scenarioLimit, "-t", "t1")
	in := r.next()
	in.Ring()
	in.Answer()
	phone.Wait(t)
	in.tells(t, "rang 180; answered PCMA; gone by customer q850 16")
	if !strings.Contains(phone.Messages(), ";transport=tcp>") {
		t.Error("our Contact does not say TCP")
	}
}

func TestCallOutOverTCP(t *testing.T) {
	phone := siptest.Start(t, "testdata/uas.xml", "", scenarioLimit, "-t", "t1")
	r := newRig(t, phone.Port, withTrunk(func(t *Trunk) { t.Transport = "tcp" }))
	leg, rec := r.dialOut(0)
	rec.has(t, "answered PCMU")
	leg.Release(0)
	phone.Wait(t)
	rec.tells(t, "sent; rang 180; answered PCMU; gone by system  0")
}

func TestNobodyListensOnTCP(t *testing.T) {
	r := newRig(t, 9, withTrunk(func(t *Trunk) { t.Transport = "tcp" }))
	_, rec := r.dialOut(0)
	rec.tells(t, "rejected 503; gone by network sip 503 unavailable")
}

func TestTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, 9, func(c *Config) {
		c.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
		c.Listen = append(c.Listen, Listen{"tls", "127.0.0.1:0"})
	})
	pool := x509.NewCertPool()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(cert)
	conn, err := tls.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(r.Addr("tls").Port()))), &tls.Config{RootCAs: pool})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := overTCP(conn, "OPTIONS"); !strings.HasPrefix(got, "SIP/2.0 200 OK") {
		t.Errorf("over TLS: %q", got)
	}
}
