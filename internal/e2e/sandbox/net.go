//go:build e2e && linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// Net is a network namespace.
type Net struct {
	Name    string
	Address string // where the other one reaches it
}

// Pair makes two namespaces that reach each other by one address each, and nothing else: what stands for the way between two clusters.
// Each has addresses 10.99.0.1 to 10.99.0.9 on its loopback device for its pods, because an API server refuses 127.0.0.0/8 in EndpointSlices;
// the other one has no route to them.
func Pair(a, b string) (*Net, *Net, error) {
	left, right := &Net{a, "10.98.0.1"}, &Net{b, "10.98.0.2"}
	for _, n := range []*Net{left, right} {
		if err := Run("ip", "netns", "add", n.Name); err != nil {
			return nil, nil, err
		}
	}
	if err := Run("ip", "-n", a, "link", "add", "other", "type", "veth", "peer", "name", "other", "netns", b); err != nil {
		return nil, nil, err
	}
	for _, n := range []*Net{left, right} {
		commands := [][]string{{"link", "set", "lo", "up"}, {"addr", "add", n.Address + "/30", "dev", "other"}, {"link", "set", "other", "up"}}
		for i := 1; i < 10; i++ {
			commands = append(commands, []string{"addr", "add", fmt.Sprintf("10.99.0.%d/32", i), "dev", "lo"})
		}
		for _, c := range commands {
			if err := Run("ip", append([]string{"-n", n.Name}, c...)...); err != nil {
				return nil, nil, err
			}
		}
	}
	return left, right, nil
}

// command is a command that runs in the namespace.
func (n *Net) command(name string, arguments ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", n.Name, name}, arguments...)...)
}

// within calls f on a thread of the namespace; sockets that it makes stay in the namespace.
func (n *Net) within(f func() error) error {
	result := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		file, err := os.Open("/run/netns/" + n.Name)
		if err == nil {
			err = errors.Join(unix.Setns(int(file.Fd()), unix.CLONE_NEWNET), file.Close())
		}
		if err == nil {
			err = f()
		}
		result <- err
	}()
	return <-result
}

// Dial connects from within the namespace; the address is literal.
func (n *Net) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if net.ParseIP(host) == nil {
		return nil, fmt.Errorf("%s is no address", host)
	}
	var connection net.Conn
	err = n.within(func() (err error) {
		connection, err = (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(host, port))
		return err
	})
	return connection, err
}

// Listen listens within the namespace.
func (n *Net) Listen(address string) (net.Listener, error) {
	var listener net.Listener
	err := n.within(func() (err error) {
		listener, err = net.Listen("tcp", address)
		return err
	})
	return listener, err
}

// Refused reports whether nobody listens at an address that was dialled, or no way leads there.
func Refused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH)
}
