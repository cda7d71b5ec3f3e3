package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/fatih/color"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"ssisaudit/collectors/facts"
	"ssisaudit/policies"
)

func init() {
	register(Format{
		Name:        "table",
		Description: "for people: deviations first, by step of the documented setup",
		New:         func(o Options) Reporter { return table{o} },
	})
}

// labelWidth is the width of the left column, with the gap after it.
const labelWidth = 10

// indent marks the second and later lines of one value.
const indent = 2

// maxValue bounds one text in the table, in bytes.
const maxValue = 2000

// table writes a report for people: two columns without borders, so that what is read here can be copied from here.
type table struct{ Options }

// Publish writes r as a table.
func (t table) Publish(w io.Writer, r Report) error {
	if err := r.check(); err != nil {
		return fmt.Errorf("the report contradicts itself: %w", err)
	}
	if t.Width == 0 {
		t.Width = 80
	}
	p := &page{Options: t.Options, report: r, causes: findCauses(r)}
	p.Width = max(p.Width, 40)
	p.header(r)
	p.rootCauses(r)
	steps, byStep := groupByStep(r)
	for _, step := range steps {
		p.heading(StepHeading(step))
		p.step(byStep[step])
		p.flush()
	}
	p.notSeen()
	p.waivers(r)
	p.summary(r)
	_, err := w.Write(p.out.Bytes())
	return err
}

// page is a table in the making.
type page struct {
	Options
	report Report
	causes causes
	out    bytes.Buffer
	rows   [][2]string
	apart  bool // the next row is to be separated from the ones before
}

func (p *page) header(r Report) {
	name := r.Deployment.Name
	if name == "" {
		name = "a deployment without a name"
	}
	title := "SSIS Scale Out audit of " + text(name)
	if r.Deployment.Topology != "" {
		title += ", " + text(r.Deployment.Topology)
	}
	p.lines(wrapProse(title, p.Width))
	reached := 0
	for _, t := range r.Targets {
		if t.Status == facts.Observed {
			reached++
		}
	}
	when := "an unknown time"
	if !r.CollectedAt.IsZero() {
		when = clock(r.CollectedAt)
	}
	line := fmt.Sprintf("Facts of %s. %d of %d targets reached", when, reached, len(r.Targets))
	var lost []string
	for _, c := range p.causes.all {
		if c.target != "" {
			lost = append(lost, fmt.Sprintf("%s [%d]", c.what[0], c.number))
		}
	}
	if len(lost) > 0 {
		line += ", not " + p.list(lost)
	}
	p.lines(wrapProse(fmt.Sprintf("%s. ssisaudit %s.", line, text(r.Tool)), p.Width))
}

// heading starts a section.
func (p *page) heading(title string) {
	p.out.WriteByte('\n')
	for _, line := range wrapProse(title, p.Width) {
		p.lines([]string{p.paint(line, color.Bold)})
	}
	p.lines([]string{strings.Repeat("-", p.Width)})
}

// notSeen explains each cause of unknown findings once.
func (p *page) notSeen() {
	if len(p.causes.all) == 0 {
		return
	}
	p.heading("Not seen")
	for _, lost := range p.causes.all {
		p.gap()
		title, why := lost.said(p.list)
		title, why = text(title), text(why)
		if lost.findings > 0 {
			title += fmt.Sprintf(" (%s unknown)", count(lost.findings, "finding"))
		}
		p.prose(fmt.Sprintf("[%d]", lost.number), title)
		if why != "" {
			p.prose("", why)
		}
	}
	p.flush()
}

// prose adds a row whose text may be reflowed.
func (p *page) prose(label, text string) { p.row(label, wrapProse(text, p.Width-labelWidth)) }

// values adds a row of values that are kept as they are, one below the other.
func (p *page) values(label string, values []string) {
	var lines []string
	for _, v := range values {
		for i, line := range wrapValue(v, p.Width-labelWidth-indent) {
			if i > 0 {
				line = strings.Repeat(" ", indent) + line
			}
			lines = append(lines, line)
		}
	}
	p.row(label, lines)
}

func (p *page) row(label string, lines []string) {
	if p.apart && len(p.rows) > 0 {
		p.rows = append(p.rows, [2]string{})
	}
	p.apart = false
	p.rows = append(p.rows, [2]string{label, strings.Join(lines, "\n")})
}

// gap separates rows that belong together from the ones before.
func (p *page) gap() { p.apart = true }

// flush lays out the rows. The texts are already sanitised and wrapped; the layout must not touch them.
func (p *page) flush() {
	var laidOut bytes.Buffer
	t := tablewriter.NewTable(&laidOut,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off},
				Lines:      tw.LinesNone,
			},
		})),
		tablewriter.WithRowAlignment(tw.AlignLeft), tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithTrimSpace(tw.Off), tablewriter.WithTrimLine(tw.Off), tablewriter.WithTrimTab(tw.Off),
		tablewriter.WithPadding(tw.Padding{Overwrite: true}),
	)
	for _, r := range p.rows {
		label := fmt.Sprintf("%-*s", labelWidth, r[0])
		// Errors of Append and Render come from their writer, and a buffer has none.
		_ = t.Append(p.paintLabel(label), r[1])
	}
	_ = t.Render()
	for line := range strings.Lines(laidOut.String()) {
		p.out.WriteString(strings.TrimRight(line, " \n"))
		p.out.WriteByte('\n')
	}
	p.rows, p.apart = nil, false
}

func (p *page) lines(lines []string) {
	for _, line := range lines {
		p.out.WriteString(line)
		p.out.WriteByte('\n')
	}
}

// labelColors are the colours of the labels that have one.
var labelColors = map[string][]color.Attribute{
	label(policies.Critical): {color.FgRed, color.Bold},
	label(policies.High):     {color.FgRed},
	label(policies.Medium):   {color.FgYellow},
	label(policies.Low):      {color.FgYellow},
	"UNKNOWN":                {color.FgMagenta},
	"expired":                {color.FgYellow},
	"passed":                 {color.FgGreen},
	"PASS":                   {color.FgGreen},
}

func label(s policies.Severity) string {
	if !slices.Contains(policies.Severities, s) {
		return "FAIL"
	}
	return strings.ToUpper(string(s))
}

func (p *page) paintLabel(padded string) string {
	if attributes, ok := labelColors[strings.TrimSpace(padded)]; ok {
		return p.paint(padded, attributes...)
	}
	return padded
}

func (p *page) paint(s string, attributes ...color.Attribute) string {
	if !p.Color {
		return s
	}
	c := color.New(attributes...)
	c.EnableColor()
	return c.Sprint(s)
}

// clock is a time for people.
func clock(t time.Time) string { return t.UTC().Format(time.DateTime) + " UTC" }

// text sanitises a text for the table.
func text(s string) string { return visible(clip(s, maxValue)) }

func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
