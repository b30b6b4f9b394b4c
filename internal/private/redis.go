package private

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/alicebob/miniredis/v2"
)

// RedisOptions says how a private Redis runs. The zero value is redis-server, and an error where there is none.
type RedisOptions struct {
	AppendOnly bool // keep every write on disk, so that Restart after Kill finds it
	InProcess  bool // where redis-server is not installed, run miniredis in this process
}

// Redis is a running private server: redis-server behind a unix socket, or miniredis on a loopback port.
type Redis struct {
	network, addr string
	work          string
	argv          []string
	proc          *process
	reaper        *reaper
	mini          *miniredis.Miniredis // nil: redis-server
}

// StartRedis starts the server and returns when it answers. The error is ErrNoRedis, the context's, or ends with the
// server's last words.
func StartRedis(ctx context.Context, o RedisOptions) (*Redis, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil && o.InProcess {
		return startMini()
	}
	if err != nil {
		return nil, fmt.Errorf("find Redis: %w", ErrNoRedis)
	}
	work, err := workFolder(account{})
	if err != nil {
		return nil, err
	}
	r := &Redis{network: "unix", addr: filepath.Join(work, "redis.sock"), work: work}
	// It runs as we do and has no password, so the folder is the lock, as the socket is 0600.
	r.argv = []string{program, "--port", "0", "--unixsocket", r.addr, "--unixsocketperm", "600", "--dir", work,
		"--save", "", "--daemonize", "no", "--databases", "16"}
	if o.AppendOnly {
		r.argv = append(r.argv, "--appendonly", "yes", "--appendfsync", "always")
	}
	if r.reaper, err = newReaper(work, "TERM"); err != nil {
		return nil, errors.Join(err, os.RemoveAll(work))
	}
	if err := r.Restart(ctx); err != nil {
		return nil, errors.Join(err, r.Stop())
	}
	return r, nil
}

func startMini() (*Redis, error) {
	mini, err := miniredis.Run()
	if err != nil {
		return nil, fmt.Errorf("start miniredis: %w", err)
	}
	return &Redis{network: "tcp", addr: mini.Addr(), mini: mini}, nil
}

// Restart starts the server again after Halt or Kill, at the same address.
func (r *Redis) Restart(ctx context.Context) (err error) {
	if r.mini != nil {
		return r.mini.Restart()
	}
	if r.proc != nil && r.proc.alive() {
		return fmt.Errorf("start Redis: pid %d still runs", r.proc.cmd.Process.Pid)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if r.proc, err = launch(r.work, account{}, []string{"LC_ALL=C", "TZ=UTC"}, syscall.SIGTERM, r.argv...); err != nil {
		return err
	}
	return r.proc.await(ctx, "Redis", r.ping)
}

// ping speaks the one command there is to know whether the server is up and done loading.
func (r *Redis) ping(ctx context.Context) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, r.network, r.addr)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	answer := make([]byte, 128)
	n, err := conn.Read(answer)
	if err != nil {
		return fmt.Errorf("read pong: %w", err)
	}
	if string(answer[:n]) != "+PONG\r\n" {
		return fmt.Errorf("read pong: got %q", answer[:n])
	}
	return nil
}

// Network is "unix" or "tcp", as net.Dial and go-redis name it.
func (r *Redis) Network() string { return r.network }

// Addr is the socket's path or host:port. The configuration's redis.addr takes either.
func (r *Redis) Addr() string { return r.addr }

// InProcess says that this is miniredis, whose data and speed are a stand-in's.
func (r *Redis) InProcess() bool { return r.mini != nil }

// Halt ends the server in good order and keeps its folder for Restart; the data is kept only with AppendOnly.
func (r *Redis) Halt() error {
	if r.mini != nil {
		r.mini.Close()
		r.mini.FlushAll() // as a server without persistence forgets
		return nil
	}
	if r.proc == nil {
		return nil
	}
	return r.proc.stop(syscall.SIGTERM)
}

// Kill ends the server as a crash would.
func (r *Redis) Kill() error {
	if r.mini != nil {
		return r.Halt()
	}
	return r.proc.kill()
}

// Freeze stops the server from running without ending it: connections stay open and nothing answers, as behind a
// network that drops packets. Thaw lets it go on. Miniredis cannot.
func (r *Redis) Freeze() error {
	if r.mini != nil {
		return errors.New("freeze Redis: miniredis runs in this process")
	}
	return r.proc.freeze()
}

// Thaw ends Freeze.
func (r *Redis) Thaw() error {
	if r.mini != nil {
		return nil
	}
	return r.proc.thaw()
}

// Stop ends the server and leaves nothing behind. Stopping twice is allowed.
func (r *Redis) Stop() error {
	if r.mini != nil {
		r.mini.Close()
		return nil
	}
	if r.reaper == nil {
		return nil
	}
	err := errors.Join(r.Halt(), r.reaper.reap())
	r.reaper = nil
	return err
}
