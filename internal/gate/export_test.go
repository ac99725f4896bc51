package gate

// Apart reads the base of a check as if nothing were known of the head.
func Apart(o Options) Options {
	o.apart = true
	return o
}
