package controller

import (
	"strconv"
	"strings"
)

// CompareVersions compares versions such as "1.9.1", "v1.31" and "asm-1-30" by their numbers, as far as the shorter one goes: "1.9" equals "1.9.1". It returns -1, 0 or 1.
func CompareVersions(a, b string) int {
	left, right := numbers(a), numbers(b)
	for i := 0; i < len(left) && i < len(right); i++ {
		if left[i] != right[i] {
			if left[i] < right[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

func numbers(version string) []int {
	var out []int
	for _, part := range strings.FieldsFunc(version, func(r rune) bool { return r < '0' || r > '9' }) {
		n, err := strconv.Atoi(part)
		if err != nil {
			break
		}
		out = append(out, n)
	}
	return out
}
