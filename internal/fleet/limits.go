package fleet

import (
	"errors"
	"fmt"
	"runtime/metrics"
	"time"
)

// limits bound what one load may cost: fleets come from pull requests, and CUE is a language with loops.
type limits struct {
	files      int           // files of one fleet
	fileBytes  int64         // of one file
	totalBytes int64         // of all files
	depth      int           // of nested structs, lists and expressions in one file
	evaluation time.Duration // of one file below exposures/, or of all shared files together
	total      time.Duration // of all evaluations
	heap       uint64        // bytes by which the heap may grow during one evaluation
}

// defaultLimits are far above what people write: a thousand exposures take about three seconds and 200 MiB.
var defaultLimits = limits{
	files:      10_000,
	fileBytes:  1 << 20,
	totalBytes: 64 << 20,
	depth:      100,
	evaluation: 10 * time.Second,
	total:      2 * time.Minute,
	heap:       2 << 30,
}

// errLimit is what a run that was stopped by a limit gets.
var errLimit = errors.New("limit reached")

// bounded runs do and returns its error, or errLimit when it takes too long or too much memory. CUE's evaluator cannot be
// interrupted, so after errLimit do still runs: the caller must end without using what do works on.
func bounded(l limits, deadline time.Time, do func() error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Errorf("evaluation failed: %v", r)
			}
		}()
		done <- do()
	}()

	until := time.Now().Add(l.evaluation)
	if deadline.Before(until) {
		until = deadline
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	watch := time.NewTicker(20 * time.Millisecond)
	defer watch.Stop()
	start := heapBytes()
	for {
		select {
		case err := <-done:
			return err
		case <-timer.C:
			return fmt.Errorf("%w: the evaluation takes longer than %s", errLimit, l.evaluation)
		case <-watch.C:
			if now := heapBytes(); now > start && now-start > l.heap {
				return fmt.Errorf("%w: the evaluation takes more than %d MiB of memory", errLimit, l.heap>>20)
			}
		}
	}
}

// heapBytes is the memory that live and not yet collected objects take.
func heapBytes() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
