// Package revision shows the repository as read-only file trees: the work tree, and any Git revision without a checkout.
package revision
