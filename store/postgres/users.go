package postgres

import (
	"context"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// User is a person who may sign in. An agent's AgentID is the user's id.
type User struct {
	ID       stamp.AgentID `db:"id"`
	Login    string        `db:"login"` // unique, compared without case
	Name     string        `db:"name"`
	Role     string        `db:"role"`          // agent, supervisor, manager, admin
	Hash     string        `db:"password_hash"` // argon2id, PHC form; made and compared by the edge
	Language string        `db:"language"`      // vi, zh-Hant, en
	Active   bool          `db:"active"`

	MayDial   bool `db:"may_dial"`   // by hand
	PerMinute int  `db:"per_minute"` // calls dialed by hand in any 60 s; 0 = without limit
	PerDay    int  `db:"per_day"`    // and since midnight
}

const userColumns = `id, login, name, role, password_hash, language, active, may_dial, per_minute, per_day`

// PutUser creates or changes a user.
func (s *Store) PutUser(ctx context.Context, actor Actor, u User) error {
	return s.put(ctx, actor, "put user", `
		INSERT INTO users (organisation_id, id, login, name, role, password_hash, language, active, may_dial, per_minute, per_day)
		VALUES (@org, @id, @login, @name, @role, @password_hash, @language, @active, @may_dial, @per_minute, @per_day)
		ON CONFLICT (organisation_id, id) DO UPDATE SET login = excluded.login, name = excluded.name, role = excluded.role,
		    password_hash = excluded.password_hash, language = excluded.language, active = excluded.active,
		    may_dial = excluded.may_dial, per_minute = excluded.per_minute, per_day = excluded.per_day`, u)
}

// Users lists all users by name.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	return list[User](ctx, s, "list users", `
		SELECT `+userColumns+` FROM users WHERE organisation_id = $1 ORDER BY name, id`, s.org)
}

// User returns one user, or ErrNotFound.
func (s *Store) User(ctx context.Context, id stamp.AgentID) (User, error) {
	return one[User](ctx, s, "read user", `
		SELECT `+userColumns+` FROM users WHERE organisation_id = $1 AND id = $2`, s.org, id)
}

// UserByLogin returns the user who signs in with login, active or not, or
// ErrNotFound.
func (s *Store) UserByLogin(ctx context.Context, login string) (User, error) {
	return one[User](ctx, s, "read user", `
		SELECT `+userColumns+` FROM users WHERE organisation_id = $1 AND lower(login) = lower($2)`, s.org, login)
}
