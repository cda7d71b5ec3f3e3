package certificate

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"slices"
	"strings"
)

var oidCommonName = asn1.ObjectIdentifier{2, 5, 4, 3}

// keywords are RFC 2253's names of attribute types, and E as Windows writes it. pkix.Name prints DC as a number and
// drops all common names but one, hence this function.
var keywords = map[string]string{
	"2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "STREET", "2.5.4.10": "O",
	"2.5.4.11": "OU", "2.5.4.5": "SERIALNUMBER", "0.9.2342.19200300.100.1.25": "DC", "0.9.2342.19200300.100.1.1": "UID",
	"1.2.840.113549.1.9.1": "E",
}

// distinguishedName writes a name as RFC 2253 does: the most specific part first, every attribute kept.
func distinguishedName(raw []byte, name pkix.Name) string {
	attributes := name.Names
	var parts []string
	for _, size := range partSizes(raw, len(attributes)) {
		var part []string
		for _, attribute := range attributes[:size] {
			part = append(part, attributeText(attribute))
		}
		attributes = attributes[size:]
		parts = append(parts, strings.Join(part, "+"))
	}
	slices.Reverse(parts)
	return strings.Join(parts, ",")
}

// partSizes returns how many attributes each relative distinguished name has: one, but for "CN=a+OU=b".
func partSizes(raw []byte, attributes int) []int {
	single := slices.Repeat([]int{1}, attributes)
	var sets []asn1.RawValue
	if _, err := asn1.Unmarshal(raw, &sets); err != nil {
		return single
	}
	var sizes []int
	for _, set := range sets {
		size := 0
		for rest := set.Bytes; len(rest) > 0; size++ {
			var attribute asn1.RawValue
			var err error
			if rest, err = asn1.Unmarshal(rest, &attribute); err != nil {
				return single
			}
		}
		sizes = append(sizes, size)
		attributes -= size
	}
	if attributes != 0 {
		return single
	}
	return sizes
}

func attributeText(a pkix.AttributeTypeAndValue) string {
	text, isText := a.Value.(string)
	if keyword, ok := keywords[a.Type.String()]; ok && isText {
		return keyword + "=" + escape(text)
	}
	der, err := asn1.Marshal(a.Value)
	if err != nil {
		return a.Type.String() + "=#"
	}
	return a.Type.String() + "=#" + hex.EncodeToString(der)
}

// escape escapes what RFC 2253, 2.4 says.
func escape(text string) string {
	var b strings.Builder
	for i, r := range text {
		first, last := i == 0, i == len(text)-1
		if strings.ContainsRune(`,+"\<>;`, r) || first && (r == ' ' || r == '#') || last && r == ' ' {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
