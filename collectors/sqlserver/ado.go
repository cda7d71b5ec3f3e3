package sqlserver

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// The keywords of an ADO.NET connection string that matter here, in the form that parseADO gives them. The rules are
// those of System.Data.SqlClient (SqlConnection.ConnectionString, DbConnectionStringBuilder); the driver's own parser
// does not know single quotes.
const (
	adoDataSource             = "data source"
	adoInitialCatalog         = "initial catalog"
	adoUserID                 = "user id"
	adoPassword               = "password"
	adoIntegratedSecurity     = "integrated security"
	adoMultiSubnetFailover    = "multisubnetfailover"
	adoEncrypt                = "encrypt"
	adoTrustServerCertificate = "trustservercertificate"
)

var adoKeywords = []string{adoDataSource, adoInitialCatalog, adoUserID, adoPassword, adoIntegratedSecurity, adoMultiSubnetFailover,
	adoEncrypt, adoTrustServerCertificate}

var adoSynonyms = map[string]string{
	"server":                   adoDataSource,
	"address":                  adoDataSource,
	"addr":                     adoDataSource,
	"network address":          adoDataSource,
	"database":                 adoInitialCatalog,
	"uid":                      adoUserID,
	"user":                     adoUserID,
	"pwd":                      adoPassword,
	"trusted_connection":       adoIntegratedSecurity,
	"multi subnet failover":    adoMultiSubnetFailover,
	"trust server certificate": adoTrustServerCertificate,
}

// maxADO is how long a connection string may be, in bytes.
const maxADO = 16 << 10

// parseADO splits an ADO.NET connection string into values by lower-case keyword, synonyms resolved. Of a keyword that
// comes twice the later value counts. An error shows nothing of the string.
func parseADO(s string) (map[string]string, error) {
	if len(s) > maxADO {
		return nil, fmt.Errorf("it is longer than %d bytes", maxADO)
	}
	s = strings.TrimRight(s, "\x00")
	values := map[string]string{}
	for pair := 1; ; pair++ {
		s = strings.TrimLeftFunc(s, func(r rune) bool { return r == ';' || unicode.IsSpace(r) })
		if s == "" {
			return values, nil
		}
		keyword, rest, err := adoKeyword(s)
		if err != nil {
			return nil, fmt.Errorf("its %s part: %w", ordinal(pair), err)
		}
		value, rest, err := adoValue(rest)
		if err != nil {
			return nil, fmt.Errorf("its %s part: %w", ordinal(pair), err)
		}
		if canonical, known := adoSynonyms[keyword]; known {
			keyword = canonical
		}
		values[keyword] = value
		s = rest
	}
}

// adoKeyword reads up to the "="; a doubled "=" is part of the keyword.
func adoKeyword(s string) (keyword, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '=' && i+1 < len(s) && s[i+1] == '=':
			b.WriteByte('=')
			i++
		case s[i] == '=':
			keyword = strings.ToLower(strings.TrimSpace(b.String()))
			if keyword == "" {
				return "", "", errors.New("there is no keyword before the equals sign")
			}
			if hasControl(keyword) {
				return "", "", errControl
			}
			return keyword, s[i+1:], nil
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", errors.New("there is no equals sign")
}

// adoValue reads a value, quoted or not, and the semicolon after it.
func adoValue(s string) (value, rest string, err error) {
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		return adoQuoted(s[1:], s[:1])
	}
	value, rest, _ = strings.Cut(s, ";")
	value = strings.TrimRightFunc(value, unicode.IsSpace)
	if strings.HasSuffix(value, `"`) || strings.HasSuffix(value, "'") {
		return "", "", errors.New("a value that does not begin with a quote ends in one")
	}
	if hasControl(value) {
		return "", "", errControl
	}
	return value, rest, nil
}

var errControl = errors.New("there is a control character, which only quoted values may hold")

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) })
}

// adoQuoted reads what follows an opening quote; inside, the quote is doubled.
func adoQuoted(s, quote string) (value, rest string, err error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, quote)
		if !found {
			return "", "", errors.New("a quoted value does not end")
		}
		b.WriteString(before)
		if after, doubled := strings.CutPrefix(after, quote); doubled {
			b.WriteString(quote)
			s = after
			continue
		}
		after = strings.TrimLeftFunc(after, unicode.IsSpace)
		if after != "" && after[0] != ';' {
			return "", "", errors.New("something other than a semicolon follows a quoted value")
		}
		return b.String(), strings.TrimPrefix(after, ";"), nil
	}
}

// adoBool reads a value that is true or false; an empty one is false, the default of all that are asked for.
func adoBool(keyword, value string) (bool, error) {
	switch value = strings.ToLower(value); {
	case value == "true" || value == "yes" || value == "sspi" && keyword == adoIntegratedSecurity:
		return true, nil
	case value == "false" || value == "no" || value == "":
		return false, nil
	}
	return false, fmt.Errorf("the value of %q is neither true nor false", keyword)
}

func ordinal(n int) string {
	switch n {
	case 1:
		return "first"
	case 2:
		return "second"
	case 3:
		return "third"
	}
	return fmt.Sprintf("%dth", n)
}
