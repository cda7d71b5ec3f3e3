package remediation

import (
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	markdown "github.com/yuin/goldmark/text"
	"pgregory.net/rapid"
)

// shown is what a reader of Markdown sees of an item of a list, or "" and what else is in it than text.
func shown(item string) (seen, markup string) {
	source := []byte("- At: " + item + "\n")
	var b strings.Builder
	_ = ast.Walk(goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(markdown.NewReader(source)),
		func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			switch n := n.(type) {
			case *ast.Text:
				if entering {
					b.Write(n.Segment.Value(source))
				}
			case *ast.String:
				if entering {
					b.Write(n.Value)
				}
			case *ast.Document, *ast.List, *ast.ListItem, *ast.TextBlock, *ast.Paragraph, *ast.CodeSpan:
			default:
				markup = n.Kind().String()
			}
			return ast.WalkContinue, nil
		})
	return b.String(), markup
}

// An independent reader of Markdown sees nothing but the text.
func TestForeignTextIsNoMarkup(t *testing.T) {
	awkward := []string{"\\", "`", "*", "_", "[x](http://evil)", "<b>", "&lt;", "&#60;", "http://evil", "www.evil.com", "a@evil.com", "~~", "|", "#",
		" ", "x", "1.", "- ", "!", "$", ":", "://", "mailto:a@b.cc", "ftp://x.yy", "\n# x", "WwW.evil.com", "__", "ü", "\u2028"}
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(awkward), rapid.String()), 1, 6).Draw(rt, "text"), "")
		seen, markup := shown(prose(text))
		plain := strings.NewReplacer("\\", "").Replace
		if markup != "" || plain(strings.TrimSpace(seen)) != plain(strings.TrimSpace("At: "+oneLine(text))) {
			rt.Errorf("%q is %q in Markdown, seen as %q (%s)", text, prose(text), seen, markup)
		}
	})
}
