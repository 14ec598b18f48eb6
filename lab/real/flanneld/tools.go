//go:build tools

// Package tools names what the wrapper module builds.
package tools

import _ "github.com/flannel-io/flannel"
