package api

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Roles, each with all that the one before may do.
const (
	RoleAgent      = "agent"
	RoleSupervisor = "supervisor"
	RoleManager    = "manager"
	RoleAdmin      = "admin"
)

// rank orders the roles; 0 = unknown.
func rank(role string) int {
	switch role {
	case RoleAgent:
		return 1
	case RoleSupervisor:
		return 2
	case RoleManager:
		return 3
	case RoleAdmin:
		return 4
	}
	return 0
}

// User is an account.
type User struct {
	ID       stamp.AgentID
	Login    string
	Name     string
	Role     string
	Language string // vi, zh-Hant, en
	Hash     string // argon2id, PHC string format
	Active   bool
	MayDial  bool // numbers by hand
}

// ErrNoUser says that there is no such account.
var ErrNoUser = errors.New("no such user")

// Accounts finds people. Errors: ErrNoUser, or the store's.
type Accounts interface {
	UserByLogin(ctx context.Context, login string) (User, error)
	User(ctx context.Context, id stamp.AgentID) (User, error)
}

// Parameters of argon2id: the second choice of RFC 9106 §4 (64 MiB, 3 passes),
// with 2 lanes for the 2 cores that a small server has. About 50 ms a login.
const (
	argonTime    = 3
	argonMemory  = 64 << 10 // KiB
	argonThreads = 2
	argonKey     = 32
	argonSalt    = 16
)

// HashPassword returns the PHC string of a password.
func HashPassword(password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, argonMemory, argonTime, argonThreads, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// checkPassword compares in constant time. A hash that can't be read matches
// nothing.
func checkPassword(hash, password string) bool {
	part := strings.Split(hash, "$")
	var version, passes int
	var memory uint32
	var lanes uint8
	if len(part) != 6 || part[1] != "argon2id" {
		return false
	}
	if _, err := fmt.Sscanf(part[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false
	}
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil || memory > 1<<20 || passes > 16 {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(part[4])
	want, err2 := base64.RawStdEncoding.DecodeString(part[5])
	if err1 != nil || err2 != nil || len(want) == 0 || passes < 1 || lanes < 1 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, uint32(passes), memory, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}
