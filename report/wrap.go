package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// columns is the number of terminal columns that s, made visible before, needs at most. Terminals disagree about all but
// ASCII: characters of ambiguous width are two columns wide in East Asian locales, combinations are drawn as one
// character or as several. A line is never wider than we think, and at worst narrower.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf || unicode.IsMark(r) && r < firstWide:
			n++
		default:
			n += 2
		}
	}
	return n
}

// firstWide is the first character from which on marks may be wide, too.
const firstWide = 0x2E80

// wrapProse breaks s into lines of at most width columns, at spaces where there are any.
func wrapProse(s string, width int) []string {
	return wrap(strings.TrimSpace(s), width, true)
}

// Wrap breaks a text that Visible has made safe into lines of at most width columns.
func Wrap(s string, width int) []string { return wrapProse(s, width) }

// wrapValue breaks s into lines of at most width columns so that the lines, joined, are s again: no character is added
// or lost, and a value without separators is broken at the edge only.
func wrapValue(s string, width int) []string {
	return wrap(s, width, false)
}

// separators are characters after which a path, URL or connection string may be broken.
const separators = `\/,;`

func wrap(s string, width int, prose bool) []string {
	if columns(s) <= width {
		return []string{s}
	}
	var lines []string
	clusters := split(s, width)
	for len(clusters) > 0 {
		n := fitting(clusters, width)
		if n < len(clusters) {
			n = breakBefore(clusters, n, prose)
		}
		line := strings.Join(clusters[:n], "")
		clusters = clusters[n:]
		if prose {
			line = strings.TrimRight(line, " ")
			for len(clusters) > 0 && clusters[0] == " " {
				clusters = clusters[1:]
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// fitting is how many clusters fit into a line, at least one.
func fitting(clusters []string, width int) int {
	used := 0
	for i, c := range clusters {
		used += columns(c)
		if used > width && i > 0 {
			return i
		}
	}
	return len(clusters)
}

// breakBefore finds the best place, at most n, to break at: in prose a space, else a space or after a separator, unless
// that would leave more than half of the line empty.
func breakBefore(clusters []string, n int, prose bool) int {
	separator := 0
	for i := n; i > n/2; i-- {
		if clusters[i] == " " && (prose || clusters[i-1] != " ") {
			if prose {
				return i
			}
			separator = max(separator, i)
		}
		if strings.Contains(separators, clusters[i-1]) {
			separator = max(separator, i)
		}
	}
	if separator > 0 {
		return separator
	}
	return n
}

// split cuts s into what a reader takes for one character each; a cluster too wide for a line into its runes.
func split(s string, width int) []string {
	var clusters []string
	g := displaywidth.StringGraphemes(s)
	for g.Next() {
		if c := g.Value(); columns(c) <= width {
			clusters = append(clusters, c)
		} else {
			for _, r := range c {
				clusters = append(clusters, string(r))
			}
		}
	}
	return clusters
}
