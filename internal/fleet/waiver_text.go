package fleet

import (
	"bytes"
	"encoding/json"
	"strings"

	"cuelang.org/go/cue/ast"
	cueformat "cuelang.org/go/cue/format"
	"cuelang.org/go/cue/literal"
	yaml "go.yaml.in/yaml/v3"
)

// intoList writes a waiver at the beginning of the file's list of waivers; nil when it has none. The beginning is the one place where no
// comma and no comment of another waiver is in the way.
func intoList(src source, w Waiver) *Edit {
	if format(src.name) == "yaml" {
		return intoYAML(src, w)
	}
	file, errs := parse(src, defaultLimits)
	if len(errs) > 0 {
		return nil
	}
	list := waiversOf(file.Decls)
	if list == nil || !list.Lbrack.IsValid() {
		return nil
	}
	at := list.Lbrack.Offset() + 1
	if at > len(src.data) || src.data[at-1] != '[' {
		return nil
	}
	indent := indentOf(src.data, at)
	text := waiverText(format(src.name), indent+"\t", w)
	if format(src.name) == "cue" || len(list.Elts) > 0 {
		text += ","
	}
	added := "\n" + text
	if rest := bytes.TrimLeft(src.data[at:], " \t"); !bytes.HasPrefix(rest, []byte("\n")) && !bytes.HasPrefix(rest, []byte("\r\n")) {
		added += "\n" + indent
		if len(list.Elts) > 0 {
			added += "\t"
		}
		return insert(src, at, added, text, 1, len(src.data[at:])-len(rest))
	}
	return insert(src, at, added, text, 1, 0)
}

// waiversOf finds the list in the fields of a file, also of one that is schema.#Fleet & {…}.
func waiversOf(decls []ast.Decl) *ast.ListLit {
	for _, decl := range decls {
		switch d := decl.(type) {
		case *ast.Field:
			if name, ok := labelName(d.Label); ok && name == "waivers" {
				list, _ := d.Value.(*ast.ListLit)
				return list
			}
		case *ast.EmbedDecl:
			if list := waiversIn(d.Expr); list != nil {
				return list
			}
		}
	}
	return nil
}

func waiversIn(e ast.Expr) *ast.ListLit {
	switch x := e.(type) {
	case *ast.StructLit:
		return waiversOf(x.Elts)
	case *ast.BinaryExpr:
		if list := waiversIn(x.X); list != nil {
			return list
		}
		return waiversIn(x.Y)
	}
	return nil
}

// intoYAML is intoList for a YAML file, whose lists have no bracket that marks their beginning.
func intoYAML(src source, w Waiver) *Edit {
	var document yaml.Node
	if yaml.Unmarshal(src.data, &document) != nil || len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	top := document.Content[0].Content
	for i := 0; i+1 < len(top); i += 2 {
		key, list := top[i], top[i+1]
		if key.Value != "waivers" || list.Kind != yaml.SequenceNode {
			continue
		}
		if list.Style&yaml.FlowStyle != 0 || len(list.Content) == 0 {
			at := lineStart(src.data, list.Line) + list.Column - 1
			if at >= len(src.data) || src.data[at] != '[' {
				return nil
			}
			text := waiverText("json", "  ", w)
			if len(list.Content) > 0 {
				text += ","
			}
			return insert(src, at+1, "\n"+text+"\n  ", text, 1, 0)
		}
		at := lineStart(src.data, key.Line+1) // behind the key's line, before comments of the first waiver
		text := waiverText("yaml", strings.Repeat(" ", list.Column-1), w)
		return insert(src, at, text+"\n", text, 0, 0)
	}
	return nil
}

// atEnd begins a list of waivers in a fleet of one file.
func atEnd(src source, w Waiver) *Edit {
	switch format(src.name) {
	case "json":
		at := bytes.IndexByte(src.data, '{') + 1
		text := "\t\"waivers\": [\n" + waiverText("json", "\t\t", w) + "\n\t]"
		if file, errs := parse(src, defaultLimits); len(errs) == 0 && len(file.Decls) > 0 {
			text += ","
		}
		return insert(src, at, "\n"+text+"\n", text, 1, 0)
	case "yaml":
		text := "waivers:\n" + waiverText("yaml", "", w)
		return appendTo(src, text)
	}
	return appendTo(src, "waivers: [\n"+waiverText("cue", "\t", w)+",\n]")
}

func appendTo(src source, text string) *Edit {
	added, lines := text+"\n", 0
	if len(src.data) > 0 {
		added, lines = "\n"+added, 1
		if !bytes.HasSuffix(src.data, []byte("\n")) {
			added, lines = "\n"+added, 2
		}
	}
	return insert(src, len(src.data), added, text, lines, 0)
}

func newFile(name, language, pkg string, w Waiver) *Edit {
	text, lead := "", 0
	switch language {
	case "cue":
		text = "waivers: [\n" + waiverText("cue", "\t", w) + ",\n]"
		if pkg != "" {
			text, lead = "package "+pkg+"\n\n"+text, 2
		}
	case "yaml":
		text = "waivers:\n" + waiverText("yaml", "", w)
	default:
		text = "{\n\t\"waivers\": [\n" + waiverText("json", "\t\t", w) + "\n\t]\n}"
	}
	return &Edit{File: name, After: []byte(text + "\n"), Text: text, Line: 1 + lead}
}

// insert puts added at a byte of a file, instead of drop bytes that are there; text begins so many lines below that place.
func insert(src source, at int, added, text string, lines, drop int) *Edit {
	after := append([]byte{}, src.data[:at]...)
	line := 1 + bytes.Count(after, []byte("\n")) + lines
	after = append(append(after, added...), src.data[at+drop:]...)
	return &Edit{File: src.name, Before: src.data, After: after, Text: text, Line: line}
}

// lineStart is the offset of a line, from 1; the end of the content beyond the last.
func lineStart(content []byte, line int) int {
	at := 0
	for ; line > 1; line-- {
		i := bytes.IndexByte(content[at:], '\n')
		if i < 0 {
			return len(content)
		}
		at += i + 1
	}
	return at
}

// indentOf is the white space that the line of an offset begins with.
func indentOf(content []byte, at int) string {
	line := content[bytes.LastIndexByte(content[:at], '\n')+1 : at]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// waiverText is a waiver as one element of a list, without a comma behind it.
func waiverText(language, indent string, w Waiver) string {
	quote := func(s string) string {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(s) // a string can always be encoded, into memory
		return strings.TrimSuffix(b.String(), "\n")
	}
	key, comma := quote, ","
	switch language {
	case "cue":
		quote = literal.String.Quote
		key, comma = func(s string) string { return s }, ""
	case "yaml":
		key, comma = func(s string) string { return s }, ""
	}
	object := []string{key("kind") + ": " + quote(w.Object.Kind)}
	if w.Object.Namespace != "" {
		object = append(object, key("namespace")+": "+quote(w.Object.Namespace))
	}
	object = append(object, key("name")+": "+quote(w.Object.Name))
	lines := []string{
		key("rule") + ": " + quote(w.Rule), key("cluster") + ": " + quote(w.Cluster),
		key("object") + ": {" + strings.Join(object, ", ") + "}", key("fingerprint") + ": " + quote(w.Fingerprint),
		key("owner") + ": " + quote(w.Owner), key("reason") + ": " + quote(w.Reason), key("expires") + ": " + quote(w.Expires),
	}
	if language == "yaml" {
		return indent + "- " + strings.Join(lines, "\n"+indent+"  ")
	}
	text := "{\n\t" + strings.Join(lines, comma+"\n\t") + "\n}"
	if language == "cue" {
		if formatted, err := cueformat.Source([]byte(text)); err == nil { // as cue fmt would have it; the rest of the file is the user's
			text = strings.TrimSuffix(string(formatted), "\n")
		}
	}
	return indent + strings.ReplaceAll(text, "\n", "\n"+indent)
}
