package private

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// Superuser is the only role of a private server; it has no password, the socket's folder is its lock.
const Superuser = "callstamp"

// PostgresOptions says how a private PostgreSQL runs. The zero value is a temporary one with its safety on.
type PostgresOptions struct {
	Bin       []string          // folders to search for the programs after the usual ones
	Dir       string            // where the data stays for the next start; "": temporary, removed by Stop
	SocketDir string            // where the socket goes; "": a folder that only the server's user and root may enter
	Unsafe    bool              // no fsync: for tests, which lose nothing by a power cut
	Settings  map[string]string // further server settings, e.g. "max_connections": "200"
}

// Postgres is a running private server.
type Postgres struct {
	bin, work, data, sockets string
	as                       account
	settings                 []string // command line, after the program
	proc                     *process
	reaper                   *reaper
}

// StartPostgres makes the database where there is none (0.5 s), starts the server and returns when it answers. The
// error is ErrNoPostgres, the context's, or ends with the server's last words.
func StartPostgres(ctx context.Context, o PostgresOptions) (*Postgres, error) {
	bin, err := FindPostgres(o.Bin...)
	if err != nil {
		return nil, err
	}
	as, err := serverAccount()
	if err != nil {
		return nil, err
	}
	work, err := workFolder(as)
	if err != nil {
		return nil, err
	}
	p := &Postgres{bin: bin, work: work, as: as}
	if p.reaper, err = newReaper(work, "INT"); err != nil {
		return nil, errors.Join(err, os.RemoveAll(work))
	}
	if err := p.begin(ctx, o); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

// begin fills a Postgres that has its work folder and reaper already.
func (p *Postgres) begin(ctx context.Context, o PostgresOptions) (err error) {
	if p.bin, err = runnable(p.as, p.bin, p.work); err != nil {
		return err
	}
	version, err := p.major(ctx)
	if err != nil {
		return err
	}
	if p.data, err = dataFolder(p.as, o.Dir, p.work, version); err != nil {
		return err
	}
	socketMode := os.FileMode(0o755) // a folder that somebody named is as open as they made what is above it
	if p.sockets = o.SocketDir; p.sockets == "" {
		p.sockets, socketMode = filepath.Join(p.work, "s"), 0o700
	}
	if n := len(p.sockets + "/.s.PGSQL.5432.lock"); n > maxSocketPath {
		return fmt.Errorf("start PostgreSQL: socket path in %s has %d bytes, more than the %d that fit", p.sockets, n, maxSocketPath)
	}
	if err := p.as.own(p.sockets, socketMode); err != nil {
		return err
	}
	if err := p.initialise(ctx, o.Unsafe); err != nil {
		return err
	}
	p.settings = settings(p.data, p.sockets, o)
	return p.Restart(ctx)
}

// settings is the server's command line: no TCP at all, so no port to collide on and nobody to keep out.
func settings(data, sockets string, o PostgresOptions) []string {
	args := []string{"-D", data, "-k", sockets, "-c", "listen_addresses="}
	if o.Unsafe {
		// synchronous_commit stays on: what is committed is with the kernel, so it outlives Kill.
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off")
	}
	for name, value := range o.Settings {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

// Restart starts the server again after Kill or Halt, on the same data and the same address.
func (p *Postgres) Restart(ctx context.Context) error {
	if p.proc != nil && p.proc.alive() {
		return fmt.Errorf("start PostgreSQL: pid %d still runs", p.proc.cmd.Process.Pid)
	}
	if err := clearStalePID(p.data); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		err := p.attempt(ctx)
		if !errors.Is(err, errShared) || ctx.Err() != nil {
			return err
		}
		pause(ctx) // the children of a killed server leave its shared memory within milliseconds
	}
}

// errShared says that children of a killed server are still attached to its memory.
var errShared = errors.New("shared memory of the last server is still in use")

func (p *Postgres) attempt(ctx context.Context) error {
	var err error
	argv := append([]string{filepath.Join(p.bin, "postgres")}, p.settings...)
	if p.proc, err = launch(p.work, p.as, p.environment(), syscall.SIGINT, argv...); err != nil {
		return err
	}
	err = p.proc.await(ctx, "PostgreSQL", p.ping)
	if err != nil && strings.Contains(p.proc.logTail(), "shared memory block") {
		return errShared
	}
	return err
}

func (p *Postgres) ping(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.DSN("postgres"))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	return conn.Close(ctx)
}

// SocketDir is the folder of the server's socket, libpq's "host".
func (p *Postgres) SocketDir() string { return p.sockets }

// DataDir is where the data stands; it differs from PostgresOptions.Dir where the server's user cannot reach that.
func (p *Postgres) DataDir() string { return p.data }

// Halt is a fast shutdown (sessions are cut off, everything is written) that keeps even temporary data for Restart.
func (p *Postgres) Halt() error {
	if p.proc == nil {
		return nil
	}
	return p.proc.stop(syscall.SIGINT)
}

// Kill ends the server as a crash would; the data stays as it is for Restart, which recovers it.
func (p *Postgres) Kill() error { return p.proc.kill() }

// Stop is a fast shutdown that leaves nothing behind but the data of a named Dir. Stopping twice is allowed.
func (p *Postgres) Stop() error {
	if p.reaper == nil {
		return nil
	}
	err := errors.Join(p.Halt(), p.reaper.reap())
	p.reaper = nil
	return err
}
