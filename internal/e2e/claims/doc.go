// Package claims is the table with which `make e2e` ends: what gatespan says, the real component that was asked, and whether it agrees.
//
//  1. claims.go: a row, what it may say, and what the rows together mean for the exit status
//  2. record.go: rows of other processes reach the table through the file that GATESPAN_E2E_ROWS names; Of does it for a Go test
//  3. table.go: the table
//
// An oracle in a module of its own adds its rows like this, and prints nothing itself:
//
//	row := claims.Row{Area: "controllers", Claim: "...", Component: "istiod", Version: version}
//	claims.Of(t, &row)
package claims
