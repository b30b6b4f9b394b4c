// Command callstamp is the whole product in one binary: the server, the demo,
// and the tools that look after its ledger.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailed  = 1 // it was tried and did not work; check: not balanced
	exitUsage   = 2
	exitConfig  = 3
	exitDepends = 4 // Postgres, Redis, a port or a trunk is not there
)

// cli is every command.
type cli struct {
	Config string `help:"Configuration file." short:"c" type:"path" placeholder:"FILE"`

	Serve       serveCmd       `cmd:"" help:"Run the server."`
	Demo        demoCmd        `cmd:"" help:"Run the whole product with stores, telephones and colleagues of its own."`
	Migrate     migrateCmd     `cmd:"" help:"Bring the database to this version's schema."`
	Check       checkCmd       `cmd:"" help:"Check that the ledger balances; exit 0 only when it does."`
	Rebuild     rebuildCmd     `cmd:"" help:"Fold all records anew from the stamps."`
	Backup      backupCmd      `cmd:"" help:"Copy database, journal and recordings into a folder, of a running server too."`
	Restore     restoreCmd     `cmd:"" help:"Put a backup back into an empty database and folder."`
	Doctor      doctorCmd      `cmd:"" help:"Say what is missing, and the fix; exit 0 only when nothing is."`
	Healthcheck healthcheckCmd `cmd:"" help:"Ask a running server whether it is ready."`
	ShowConfig  configCmd      `cmd:"" name:"config" help:"Print the configuration in force, secrets masked."`
	KPI         kpiCmd         `cmd:"" name:"kpi" help:"The KPI catalogue."`
	OpenAPI     openapiCmd     `cmd:"" name:"openapi" help:"Print the OpenAPI document of the HTTP interface."`
	Prompts     promptsCmd     `cmd:"" help:"What callers are told: import a set, check that nothing is missing."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// world is what a command may touch besides its flags.
type world struct {
	ctx    context.Context //nolint:containedctx // the command's life
	stdout io.Writer
	stderr io.Writer
	config string // file given with --config
}

// codeError gives an error its exit code.
type codeError struct {
	code int
	err  error
}

func (e codeError) Error() string { return e.err.Error() }
func (e codeError) Unwrap() error { return e.err }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process: tests start the same thing.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c cli
	parser, err := kong.New(&c, kong.Name("callstamp"), kong.Writers(stdout, stderr), kong.UsageOnError(),
		kong.Description("A softphone backend that measures at the source."))
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(stderr, "callstamp:", err)
		return exitUsage
	}
	if err := command.Run(&world{ctx: ctx, stdout: stdout, stderr: stderr, config: c.Config}); err != nil {
		fmt.Fprintln(stderr, "callstamp:", err)
		if e, ok := errors.AsType[codeError](err); ok {
			return e.code
		}
		return exitFailed
	}
	return exitOK
}
