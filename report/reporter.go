package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Reporter writes reports in one format.
type Reporter interface {
	// Publish writes r to w: one whole document, ending with a newline. A report whose parts contradict each other is
	// refused before anything is written.
	Publish(w io.Writer, r Report) error
}

// Options are wishes that a format heeds where it can.
type Options struct {
	// Color allows terminal colours; set it only when the output is a terminal.
	Color bool
	// Width is the number of columns of a line at most. 0 means 80; less than 40 is taken for 40.
	Width int
	// Verbose also lists what passed, with what was seen, and shortens no list.
	Verbose bool
}

// Format is one way to write a report.
type Format struct {
	// Name is what the user asks for.
	Name string
	// Description is one line for the help text.
	Description string
	// New makes its reporter.
	New func(Options) Reporter
}

var formats []Format

// register adds a format; each format's file does so for itself.
func register(f Format) {
	formats = append(formats, f)
	slices.SortFunc(formats, func(a, b Format) int { return strings.Compare(a.Name, b.Name) })
}

// Formats lists the formats, by name.
func Formats() []Format { return slices.Clone(formats) }

// NewReporter returns the reporter of a format by its name.
func NewReporter(format string, o Options) (Reporter, error) {
	var names []string
	for _, f := range formats {
		if f.Name == format {
			return f.New(o), nil
		}
		names = append(names, f.Name)
	}
	return nil, fmt.Errorf("report format %s is not known; use one of %s", quoted(format), strings.Join(names, ", "))
}
