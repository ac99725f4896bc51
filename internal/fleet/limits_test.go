package fleet

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// TestHostile holds that no file keeps gatespan busy for long, takes all memory, or makes it crash.
func TestHostile(t *testing.T) {
	tight := defaultLimits
	tight.evaluation = 300 * time.Millisecond
	tight.heap = 256 << 20
	deep := strings.Repeat("{a:", 400_000/3)
	for _, c := range []struct{ name, file, data, want string }{
		{"a billion values", "f/a.cue", "import \"list\"\n\nx: [for a in list.Range(0, 1000, 1) for b in list.Range(0, 1000, 1) for c in list.Range(0, 1000, 1) {a + b + c}]\n", "limit reached"},
		{"a huge string", "f/a.cue", "import \"strings\"\n\nname: strings.Repeat(\"x\", 1000000000000)\n", "not allowed"},
		{"a huge string by product", "f/a.cue", "name: 1000000000000*\"x\"\n", "not allowed"},
		{"a huge string by another name", "f/a.cue", "import s \"strings\"\n\nlet r = s[\"Re\" + \"peat\"]\nname: r(\"x\", 1000000000000)\n", "only be used by the names in it"},
		{"strings that double", "f/a.cue", doublingText(40), "limit reached"},
		{"doubling", "f/a.cue", doubling(40), ""},
		{"deep structs", "f/a.cue", deep, "levels deep"},
		{"deep labels", "f/a.cue", strings.Repeat("a: ", 300_000) + "1\n", "levels deep"},
		{"deep lists", "f/a.json", strings.Repeat("[", 300_000), "levels deep"},
		{"deep JSON", "f/a.json", `{"a":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "}", "levels deep"},
		{"a long sum", "f/a.cue", "name: " + strings.Repeat("1+", 300_000) + "1\n", "levels deep"},
		{"many signs", "f/a.cue", "name: " + strings.Repeat("!", 500_000) + "true\n", "levels deep"},
		{"deep parentheses", "f/a.cue", "name: " + strings.Repeat("(", 300_000) + "1\n", "levels deep"},
		{"deep interpolations", "f/a.cue", "name: " + strings.Repeat(`"\(`, 200_000) + "\n", "levels deep"},
		{"deep YAML", "f/a.yaml", "a: " + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "\n", ""},
		{"YAML aliases", "f/a.yaml", laughs(12), "aliases"},
		{"an endless reference", "f/a.cue", "#a: {b: #a}\nname: #a\n", ""},
		{"a file that is too large", "f/a.yaml", "# " + strings.Repeat("x", 1<<20) + "\n", "f/a.yaml: is larger than 1024 KiB"},
		{"not UTF-8", "f/a.yaml", "name: \"\xff\xfe\"\n", ""},
		{"a NUL", "f/a.cue", "name: \"a\x00b\"\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			// What a limit stops goes on until the process ends, so it gets one of its own.
			if c.want == "limit reached" && os.Getenv("GATESPAN_TEST_CHILD") == "" {
				child := exec.Command(os.Args[0], "-test.run=^TestHostile$/^"+strings.ReplaceAll(c.name, " ", "_")+"$")
				child.Env = append(os.Environ(), "GATESPAN_TEST_CHILD=1")
				if out, err := child.CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				return
			}
			start := time.Now()
			_, err := load(fstest.MapFS{c.file: {Data: []byte(c.data)}}, "f", "overlays", nil, tight)
			if err == nil {
				t.Fatal("loaded without an error")
			}
			if asErrors(err) == nil {
				t.Errorf("not the user's error: %v", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%.300s\nwant %q in it", err, c.want)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

// doubling is a file in which every field has the one before twice.
func doubling(n int) string {
	var b strings.Builder
	b.WriteString("x0: {a: 1}\n")
	for i := range n {
		b.WriteString("x" + itoa(i+1) + ": {a: x" + itoa(i) + ", b: x" + itoa(i) + "}\n")
	}
	return b.String()
}

// doublingText is a file in which every text has the one before twice.
func doublingText(n int) string {
	var b strings.Builder
	b.WriteString("_x0: \"xxxxxxxxxx\"\n")
	for i := range n {
		b.WriteString("_x" + itoa(i+1) + ": \"\\(_x" + itoa(i) + ")\\(_x" + itoa(i) + ")\"\n")
	}
	b.WriteString("name: _x" + itoa(n) + "\n")
	return b.String()
}

// laughs is the YAML of a billion laughs.
func laughs(n int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := range n {
		alias := "*a" + itoa(i)
		b.WriteString("a" + itoa(i+1) + ": &a" + itoa(i+1) + " [" + strings.Repeat(alias+", ", 8) + alias + "]\n")
	}
	return b.String()
}

func TestTooManyFiles(t *testing.T) {
	tight := defaultLimits
	tight.files = 2
	repository := fstest.MapFS{}
	for _, name := range []string{"a", "b", "c"} {
		repository["fleet/exposures/"+name+".yaml"] = &fstest.MapFile{Data: []byte("exposures: {}\n")}
	}
	_, err := load(repository, "fleet", "overlays", nil, tight)
	if err == nil || !strings.Contains(err.Error(), "fleet/exposures/c.yaml: a fleet has at most 2 files") {
		t.Errorf("got %v", err)
	}
	tight = defaultLimits
	tight.totalBytes = 20
	_, err = load(repository, "fleet", "overlays", nil, tight)
	if err == nil || !strings.Contains(err.Error(), "fleet/exposures/b.yaml: the fleet is larger than") {
		t.Errorf("got %v", err)
	}
}

func TestLinksAreNotFollowed(t *testing.T) {
	repository := fstest.MapFS{
		"fleet/fleet.yaml":  {Data: []byte("clusters: {}\n")},
		"fleet/secret.yaml": {Data: []byte("/etc/passwd"), Mode: fs.ModeSymlink},
	}
	_, err := Load(repository, "fleet", "overlays")
	if err == nil || !strings.Contains(err.Error(), "fleet/secret.yaml: is not a regular file") {
		t.Errorf("got %v", err)
	}
}

func TestNoFleet(t *testing.T) {
	_, err := Load(os.DirFS(t.TempDir()), "fleet", "overlays")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("not fs.ErrNotExist: %v", err)
	}
	if asErrors(err) == nil {
		t.Errorf("not the user's error: %v", err)
	}
}

// TestNothingSecretIsShown holds that an error about a key does not repeat it.
func TestNothingSecretIsShown(t *testing.T) {
	const key = "-----BEGIN PRIVATE KEY-----\\nc2VjcmV0\\n-----END PRIVATE KEY-----"
	for _, data := range []string{
		`trustDomains: corp: bundle: {configMap: "a", sha256: ["` + strings.Repeat("0", 64) + `"], pem: "` + key + `"}`,
		`trustDomains: corp: bundle: {configMap: "a", sha256: ["` + strings.Repeat("0", 64) + `"], pem: "a" & "` + key + `"}`,
		`name: "` + key + `"`,
		`clusters: a: {cloud: "eks", controller: name: "istio", gateways: g: {namespace: "n", trustDomain: "t", objects: [{
	apiVersion: "v1", kind: "Secret", metadata: name: "s", stringData: password: "c2VjcmV0" & "c2VjcmV1"}]}}`,
	} {
		_, err := Load(fstest.MapFS{"fleet.cue": {Data: []byte(data)}}, "fleet.cue", "overlays")
		if err == nil {
			t.Fatalf("loaded: %s", data)
		}
		if strings.Contains(err.Error(), "c2Vj") {
			t.Errorf("shows the secret: %v", err)
		}
	}
}
