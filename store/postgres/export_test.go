package postgres

// DSN returns what the pool was opened with, for looking in from outside.
func (db *DB) DSN() string { return db.pool.Config().ConnString() }
