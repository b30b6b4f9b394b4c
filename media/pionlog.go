package media

import (
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// pionLogs lets pion write to our log, one level lower than it thinks: a browser's trouble is not ours.
type pionLogs struct{ log *slog.Logger }

var _ logging.LoggerFactory = pionLogs{}

// NewLogger implements logging.LoggerFactory.
func (p pionLogs) NewLogger(scope string) logging.LeveledLogger {
	return pionLog{p.log.With("pion", scope)}
}

type pionLog struct{ log *slog.Logger }

func (p pionLog) Trace(string)          {}
func (p pionLog) Tracef(string, ...any) {}
func (p pionLog) Debug(string)          {}
func (p pionLog) Debugf(string, ...any) {}
func (p pionLog) Info(string)           {}
func (p pionLog) Infof(string, ...any)  {}

func (p pionLog) Warn(msg string)                { p.log.Debug(msg) }                       //nolint:sloglint // pion's own words
func (p pionLog) Warnf(format string, a ...any)  { p.log.Debug(fmt.Sprintf(format, a...)) } //nolint:sloglint // pion's own words
func (p pionLog) Error(msg string)               { p.log.Info(msg) }                        //nolint:sloglint // pion's own words
func (p pionLog) Errorf(format string, a ...any) { p.log.Info(fmt.Sprintf(format, a...)) }  //nolint:sloglint // pion's own words
