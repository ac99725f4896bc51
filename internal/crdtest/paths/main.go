// Paths prints where the CRDs of crdtest.Modules are in the module cache, one file a line, for what installs them in a real API server.
package main

import (
	"fmt"
	"os"

	"github.com/gatespan/gatespan/internal/crdtest"
)

func main() {
	for _, m := range crdtest.Modules() {
		paths, err := m.Paths()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		for _, path := range paths {
			fmt.Println(path)
		}
	}
}
