package smb

import (
	"errors"
	"fmt"

	smb2 "github.com/cloudsoda/go-smb2"
	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/keytab"
)

// Kerberos says where a ticket comes from: a credential cache, a keytab, or the password. The first one given is used.
type Kerberos struct {
	// Config is the path of krb5.conf.
	Config string
	// CCache is the path of a credential cache, as kinit leaves it.
	CCache string
	// Keytab is the path of a keytab with a key of User.
	Keytab string
	// Realm is the realm of User; empty means the default of Config. A credential cache knows its own.
	Realm string
	// SPN is the machine's service principal name; empty means cifs/<host of the address>.
	SPN string
}

// initiator makes what signs on. With Kerberos it may read files and ask the KDC.
func (c Config) initiator() (smb2.Initiator, error) {
	if c.Kerberos == nil {
		return &smb2.NTLMInitiator{User: c.User, Password: c.Password.Reveal(), Domain: c.Domain, TargetSPN: c.spn()}, nil
	}
	k := *c.Kerberos
	if k.Config == "" {
		return nil, errors.New("no krb5.conf is named; name one that lists the domain's KDCs")
	}
	settings, err := config.Load(k.Config)
	if err != nil {
		return nil, fmt.Errorf("reading the Kerberos configuration %s: %w", k.Config, err)
	}
	if k.Realm == "" {
		k.Realm = settings.LibDefaults.DefaultRealm
	}
	who, err := k.client(c, settings)
	if err != nil {
		return nil, err
	}
	return &smb2.Krb5Initiator{Client: who, TargetSPN: c.spn()}, nil
}

func (k Kerberos) client(c Config, settings *config.Config) (*client.Client, error) {
	// gokrb5's documentation asks for this with Active Directory.
	fast := client.DisablePAFXFAST(true)
	switch {
	case k.CCache != "":
		cache, err := credentials.LoadCCache(k.CCache)
		if err != nil {
			return nil, fmt.Errorf("reading the credential cache %s (run kinit first): %w", k.CCache, err)
		}
		return client.NewFromCCache(cache, settings, fast)
	case c.User == "":
		return nil, errors.New("a user is needed for the Kerberos keytab or password; name one, or a credential cache")
	case k.Keytab != "":
		keys, err := keytab.Load(k.Keytab)
		if err != nil {
			return nil, fmt.Errorf("reading the keytab %s: %w", k.Keytab, err)
		}
		return client.NewWithKeytab(c.User, k.Realm, keys, settings, fast), nil
	case c.Password != nil:
		return client.NewWithPassword(c.User, k.Realm, c.Password.Reveal(), settings, fast), nil
	}
	return nil, errors.New("a credential cache, a keytab or a password is needed for Kerberos; name one of them")
}
