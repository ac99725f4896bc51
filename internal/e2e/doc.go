//go:build e2e && linux

// Command e2e asks the real components what gatespan claims about them, and ends with a table: claim, component and version, agrees or
// not. `make e2e` runs it.
//
//  1. component builds what is missing from the nested modules in modules, into a cache outside of the tree
//  2. sandbox starts the command again where nothing reaches a network or outlives it
//  3. suite asks; cluster and pki are what it asks with
//  4. goldentest, and what a killed run leaves, are Go tests that add their rows through claims
//  5. claims prints the table; exit status 1 when a component disagrees, 2 when something could not run
package main
