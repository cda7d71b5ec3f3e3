package sqlserver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ssisaudit/collectors/facts"
	"ssisaudit/collectors/sqlserver/internal/queries"
)

// loggingConnection reads the workers' logging connection string. What the server answers holds a password: nothing of
// it leaves this function but the facts, and no text of the server's is in an error.
func (s *session) loggingConnection(ctx context.Context) facts.Observation[facts.LoggingConnection] {
	stored, err := s.storedLogging(ctx)
	if err == nil && strings.TrimSpace(stored) == "" {
		return facts.NotThere[facts.LoggingConnection](on(sourceLogging, s.target.Name), s.now())
	}
	var value facts.LoggingConnection
	if err == nil {
		value, err = parseLogging(stored)
	}
	return observe(s, sourceLogging, value, err)
}

// storedLogging is the logging connection string with its password; empty: none is stored.
func (s *session) storedLogging(ctx context.Context) (stored string, err error) {
	a := s.run(ctx, queries.LoggingConnection)["logging_connection"]
	var failed queryError
	if errors.As(a.err, &failed) {
		a.err = s.explainQuery(queryError{number: failed.number}, roleAdmin)
	}
	err = a.one(func(r row) { stored = r.textOrEmpty("connection_string") })
	return stored, err
}

// parseLogging reads an ADO.NET connection string. Its errors hold nothing of the string but keywords known here.
func parseLogging(stored string) (c facts.LoggingConnection, err error) {
	const what = "the logging connection string that SSISDB stores cannot be understood: "
	values, err := parseADO(stored)
	if err != nil {
		return c, fmt.Errorf(what+"%w; store it anew with catalog.update_logdb_info", err)
	}
	c = facts.LoggingConnection{
		DataSource:            shownServer(values[adoDataSource]),
		InitialCatalog:        shownDatabase(values[adoInitialCatalog]),
		UserID:                shownUser(values[adoUserID]),
		Encrypt:               values[adoEncrypt], // one of the few that are known, see below
		PasswordSet:           values[adoPassword] != "",
		PasswordEndsInBracket: strings.HasSuffix(values[adoPassword], "]"),
	}
	for keyword, target := range map[string]*bool{
		adoIntegratedSecurity:     &c.IntegratedSecurity,
		adoMultiSubnetFailover:    &c.MultiSubnetFailover,
		adoTrustServerCertificate: &c.TrustServerCertificate,
	} {
		if *target, err = adoBool(keyword, values[keyword]); err != nil {
			return facts.LoggingConnection{}, fmt.Errorf(what+"%w", err)
		}
	}
	encrypt := []string{"", "true", "false", "yes", "no", "mandatory", "optional", "strict"}
	if !slices.Contains(encrypt, strings.ToLower(c.Encrypt)) {
		return facts.LoggingConnection{}, errors.New(what + "the value of Encrypt is none that ADO.NET knows")
	}
	for keyword := range values {
		c.OtherOptions = c.OtherOptions || !slices.Contains(adoKeywords, keyword)
	}
	return c, nil
}
