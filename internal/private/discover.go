package private

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// PostgresBinEnv names the folder that holds initdb and postgres, for a machine where they stand elsewhere or where
// another version than the newest is wanted.
const PostgresBinEnv = "CALLSTAMP_PG_BIN"

// ErrNoPostgres says that no folder on this machine holds PostgreSQL's programs.
var ErrNoPostgres = errors.New("PostgreSQL's programs initdb and postgres are not on this machine; install the package " +
	"postgresql, or set " + PostgresBinEnv + " to the folder that holds them")

// ErrNoRedis says that redis-server is not on this machine.
var ErrNoRedis = errors.New("redis-server is not on PATH; install the package redis-server (Debian) or redis")

// FindPostgres returns the folder of PostgreSQL's programs: CALLSTAMP_PG_BIN alone where it is set, else PATH, else the
// newest version in the folders that packages use, else one of extra. The error is ErrNoPostgres or says that
// CALLSTAMP_PG_BIN is wrong; a wrong one is never passed over in silence.
func FindPostgres(extra ...string) (string, error) {
	if dir := os.Getenv(PostgresBinEnv); dir != "" {
		found, ok := programs(dir)
		if !ok {
			return "", fmt.Errorf("find PostgreSQL: %s is %q, which does not hold initdb and postgres", PostgresBinEnv, dir)
		}
		return found, nil
	}
	folders := slices.Concat(filepath.SplitList(os.Getenv("PATH")), packaged(), extra)
	for _, dir := range folders {
		if found, ok := programs(dir); ok {
			return found, nil
		}
	}
	return "", fmt.Errorf("find PostgreSQL: %w", ErrNoPostgres)
}

// packaged lists the folders of Debian, of the PostgreSQL project's own packages, of a source build and of Homebrew
// on both of its prefixes; of one pattern the newest version first.
func packaged() []string {
	var found []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/usr/local/pgsql/bin",
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		matches, _ := filepath.Glob(pattern) // the only error is a malformed pattern
		slices.SortFunc(matches, func(a, b string) int { return cmp.Compare(major(b), major(a)) })
		found = append(found, matches...)
	}
	return found
}

// major is the number in a folder such as /usr/lib/postgresql/15/bin; "latest" and none count as 0.
func major(dir string) int {
	name := filepath.Base(filepath.Dir(dir))
	n, _ := strconv.Atoi(name[strings.LastIndexAny(name, "-@")+1:])
	return n
}

// programs returns the folder where the programs really stand: on PATH they often are links, and libraries and shared
// files lie beside what the links mean.
func programs(dir string) (string, bool) {
	if dir == "" || !holdsPostgres(dir) {
		return "", false
	}
	meant, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
	if err == nil && holdsPostgres(filepath.Dir(meant)) {
		dir = filepath.Dir(meant)
	}
	dir, err = filepath.Abs(dir)
	return dir, err == nil
}

func holdsPostgres(dir string) bool {
	return executable(filepath.Join(dir, "initdb")) && executable(filepath.Join(dir, "postgres"))
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

// libraryPath is the environment's entry that lets the programs of an unpacked archive (bin beside lib) find their own
// libraries; a system's package needs none.
func libraryPath(bin string) []string {
	lib := filepath.Join(filepath.Dir(bin), "lib")
	if found, _ := filepath.Glob(filepath.Join(lib, "libpq.*")); len(found) == 0 {
		return nil
	}
	return []string{"LD_LIBRARY_PATH=" + lib}
}

// runnable returns a folder from which the account may run the programs in bin: bin itself, or, where a folder above
// it is closed to the account (a checkout under /root), a copy in the work folder of what they need. The copy of 60 MB
// takes half a second and goes when the server stops.
func runnable(a account, bin, work string) (string, error) {
	if a.reaches(bin) {
		return bin, nil
	}
	from, to := filepath.Dir(bin), filepath.Join(work, "programs")
	if err := os.Mkdir(to, 0o755); err != nil {
		return "", fmt.Errorf("copy PostgreSQL: %w", err)
	}
	args := []string{"-R", "-P"} // keeping the symbolic links between the libraries, which os.CopyFS refuses
	for _, part := range []string{filepath.Base(bin), "lib", "share"} {
		if _, err := os.Stat(filepath.Join(from, part)); err == nil {
			args = append(args, filepath.Join(from, part))
		}
	}
	if out, err := exec.Command("cp", append(args, to)...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("copy PostgreSQL from %s: %w: %s", from, err, out)
	}
	return filepath.Join(to, filepath.Base(bin)), open(to)
}

// open lets everybody read what we copied, and run what somebody may run.
func open(tree string) error {
	return filepath.WalkDir(tree, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return fmt.Errorf("open copy: %w", err)
		}
		mode := os.FileMode(0o644)
		if info.IsDir() || info.Mode().Perm()&0o100 != 0 {
			mode = 0o755
		}
		return os.Chmod(path, mode)
	})
}
