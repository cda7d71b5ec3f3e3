package policies_test

import (
	"context"

	"ssisaudit/policies"
)

var engine = func() *policies.Engine {
	e, err := policies.FromFiles(context.Background())
	if err != nil {
		panic(err)
	}
	return e
}()
