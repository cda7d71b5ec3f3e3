package main

import (
	"io"
	"log/slog"

	"github.com/schollz/progressbar/v3"

	"ssisaudit/collectors"
	"ssisaudit/collectors/facts"
)

// progress shows on stderr how far a collection is: a bar on a terminal, lines of a log elsewhere.
type progress struct {
	bar   *progressbar.ProgressBar
	log   *slog.Logger
	quiet bool
	out   io.Writer
	bars  bool
}

func newProgress(s system, quiet bool) *progress {
	return &progress{out: s.stderr, bars: s.terminal, quiet: quiet, log: slog.New(slog.NewTextHandler(s.stderr, nil))}
}

// event is called by one goroutine at a time.
func (p *progress) event(e collectors.Event) {
	switch {
	case p.quiet:
	case p.bars:
		if p.bar == nil {
			p.bar = progressbar.NewOptions(e.Total, progressbar.OptionSetWriter(p.out), progressbar.OptionSetWidth(30),
				progressbar.OptionClearOnFinish(), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false))
		}
		p.bar.Describe("collecting")
		_ = p.bar.Set(e.Done)
	case e.Target.Status == "":
	case e.Target.Status == facts.Observed:
		p.log.Info("read", "target", e.Target.Name, "address", e.Target.Address, "done", e.Done, "of", e.Total)
	default:
		p.log.Warn("not read", "target", e.Target.Name, "address", e.Target.Address, "reason", e.Target.Error, "done", e.Done, "of", e.Total)
	}
}

func (p *progress) close() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
