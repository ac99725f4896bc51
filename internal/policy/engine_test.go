package policy

import (
	"context"
	"testing"
)

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(context.Background(), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestNew(t *testing.T) {
	e, err := New(context.Background(), Options{Today: "2026-11-23"})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(len(e.Rules()))
}
