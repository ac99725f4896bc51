package report

import (
	"strings"
	"testing"
)

func TestHide(t *testing.T) {
	long := strings.Repeat("QUJD", 40)
	for _, c := range []struct {
		name, in string
		gone     []string // must not be printed
		kept     []string // must still be printed
	}{
		{"a Secret", "kind: Secret\ndata:\n  password: aHVudGVyMg==\n", []string{"aHVudGVyMg"}, nil},
		{"a Secret with a comment and quotes", "apiVersion: v1\n\"kind\": 'Secret' # x\nstringData:\n  password: hunter2\n", []string{"hunter2"}, nil},
		{"a Secret beside others", "kind: Service\nname: a\n---\nkind: Secret\ndata: {a: aHVudGVyMg==}\n---\nkind: Service\nname: b\n", []string{"aHVudGVyMg"}, []string{"name: a", "name: b"}},
		{"a Secret in a list", "kind: List\nitems:\n- kind: Secret\n  data:\n    a: aHVudGVyMg==\n", []string{"aHVudGVyMg"}, nil},
		{"a Secret in JSON", `{"apiVersion":"v1","kind":"Secret","data":{"a":"aHVudGVyMg=="}}`, []string{"aHVudGVyMg"}, nil},
		{"a secret generator", "secretGenerator:\n- name: a\n  literals: [password=hunter2]\n", []string{"hunter2"}, nil},
		{"a generator's literals", "configMapGenerator:\n- name: a\n  literals:\n  - password=hunter2\n", []string{"hunter2"}, nil},
		{"a private key in a ConfigMap", "kind: ConfigMap\ndata:\n  a: |\n    -----BEGIN EC PRIVATE KEY-----\n    MHcCAQEE\n    -----END EC PRIVATE KEY-----\n  b: kept\n", []string{"MHcCAQEE"}, []string{"b: kept"}},
		{"an encoded key", "kind: ConfigMap\ndata:\n  a: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo=\n  b: kept\n", []string{"LS0tLS1CRUdJ"}, []string{"b: kept"}},
		{"a long value", "kind: ConfigMap\ndata:\n  a: " + long + "\n  b: kept\n", []string{long}, []string{"b: kept"}},
		{"carriage returns", "kind: Secret\r\ndata:\r\n  a: aHVudGVyMg==\r\n", []string{"aHVudGVyMg"}, nil},
		{"a reference to a Secret is shown", "kind: Gateway\nspec:\n  certificateRefs:\n  - kind: Secret\n    name: edge-tls\n", nil, []string{"kind: Secret", "edge-tls"}},
		{"certificates are shown", "data:\n  ca.crt: |\n    -----BEGIN CERTIFICATE-----\n    MIIB\n", nil, []string{"MIIB"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := string(Hide([]byte(c.in)))
			for _, text := range c.gone {
				if strings.Contains(got, text) {
					t.Errorf("%q is printed:\n%s", text, got)
				}
			}
			for _, text := range c.kept {
				if !strings.Contains(got, text) {
					t.Errorf("%q is hidden:\n%s", text, got)
				}
			}
			if strings.Count(got, "\n") != strings.Count(c.in, "\n") {
				t.Errorf("lines moved:\n%s", got)
			}
		})
	}
}

func TestExcerptOf(t *testing.T) {
	content := []byte("one\ntwo\nthree\nfour\nfive\n")
	e := excerptOf("a.yaml", content, 3)
	if e == nil || e.first != 1 || strings.Join(e.lines, " ") != "one two three four" {
		t.Errorf("got %+v", e)
	}
	for name, c := range map[string]struct {
		file string
		line int
	}{
		"no line":                {"a.yaml", 0},
		"beyond the end":         {"a.yaml", 99},
		"a key file":             {"tls.key", 1},
		"a file of unknown kind": {"README", 1},
	} {
		if e := excerptOf(c.file, content, c.line); e != nil {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if e := excerptOf("a.yaml", []byte("kind: Secret\ndata: {a: b}\n"), 2); e != nil {
		t.Errorf("a Secret is shown: %+v", e)
	}
}

// TestFit holds long lines to the page with the caret below the same character.
func TestFit(t *testing.T) {
	long := strings.Repeat("a", 100) + "X" + strings.Repeat("b", 100)
	for _, c := range []struct {
		text                string
		column, room, caret int
		want                string
	}{
		{"mode: x", 1, 40, 0, "mode: x"},
		{"\tmode: x", 2, 40, 4, "    mode: x"},
		{"é: x", 4, 40, 2, "é: x"}, // columns count bytes
		{"\x1b[2J x", 6, 40, 8, `\x1b[2J x`},
		{"short", 99, 40, -1, "short"},
		{"short", 0, 40, -1, "short"},
	} {
		if got, caret := fit(c.text, c.column, c.room); got != c.want || caret != c.caret {
			t.Errorf("%q column %d: %q, caret %d", c.text, c.column, got, caret)
		}
	}
	for _, room := range []int{40, 80, 150} {
		shown, caret := fit(long, 101, room)
		runes := []rune(shown)
		if len(runes) > room || caret < 0 || caret >= len(runes) || runes[caret] != 'X' {
			t.Errorf("room %d: %q, caret %d", room, shown, caret)
		}
		if end, caret := fit(long, len(long), room); len([]rune(end)) > room || []rune(end)[caret] != 'b' || strings.HasSuffix(end, "…") {
			t.Errorf("room %d: %q, caret %d at the end", room, end, caret)
		}
	}
}
