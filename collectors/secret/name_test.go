package secret_test

import (
	"testing"

	"ssisaudit/collectors/secret"
)

func TestNamesAreShownAsTheyAre(t *testing.T) {
	for _, name := range []string{
		"", "SQLA", `SQLA\INST01`, "tcp:ssis-lsnr.contoso.com,1433", "(local)", ".", "https://ssis-lsnr.contoso.com:8391",
		"a@contoso.com", "\u200ea7 d0 7a", "[fd00::1]",
	} {
		if got := secret.Name(name); got != name {
			t.Errorf("Name(%q) = %q", name, got)
		}
	}
}

func TestWhatMayHoldAPasswordIsNotShown(t *testing.T) {
	for _, text := range []string{
		"Server=SQLA;User Id=ssis;Password=hunter2", "Data Source=SQLA", "SQLA;hunter2", "SQLA;",
		"https://ssis:hunter2@ssis-lsnr:8391", "sqlserver://ssis:hunter2@SQLA", "https://hunter2@ssis-lsnr",
	} {
		if got := secret.Name(text); got != "[not shown: more than a name]" {
			t.Errorf("Name(%q) = %q", text, got)
		}
	}
}

func TestAnAddressHasNoUser(t *testing.T) {
	for text, want := range map[string]string{
		"https://ssis-master:8391": "https://ssis-master:8391", "SQLA,1433": "SQLA,1433",
		"ssis:hunter2@ssis-master:8391": secret.NotAName, "https://ssis:hunter2@ssis-master": secret.NotAName, "Pwd=hunter2": secret.NotAName,
	} {
		if got := secret.Address(text); got != want {
			t.Errorf("Address(%q) = %q", text, got)
		}
	}
}
