// Command gatespan exposes Services across clusters with mutual TLS, and blocks changes that would undo it.
package main

import (
	"os"

	"github.com/gatespan/gatespan/internal/cli"
)

func main() { os.Exit(cli.Main()) }
