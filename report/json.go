package report

import "io"

func init() {
	register(Format{
		Name:        "json",
		Description: "the whole report document, " + SchemaID,
		New:         func(Options) Reporter { return jsonFormat{} },
	})
}

// jsonFormat writes the report document, which Load reads.
type jsonFormat struct{}

// Publish writes r as JSON.
func (jsonFormat) Publish(w io.Writer, r Report) error {
	data, err := r.Encode()
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}
