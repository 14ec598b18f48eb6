// Wire sends packets into network namespaces and tells where each was seen. Standard input takes one JSON command a line,
// standard output gives one JSON answer for each. It is static and needs nothing but a kernel, so a guest can run it too.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"runtime"
	"time"
)

// Command is one line of input: namespaces to enter, or packets to send.
type Command struct {
	Open []Namespace `json:"open"`
	Send []Sending   `json:"send"`
	// Milliseconds without any packet after which all have come to their end.
	Quiet int `json:"quiet"`
}

// Answer is one line of output.
type Answer struct {
	Seen   []Seen   `json:"seen"`
	Failed []Failed `json:"failed"`
	Storms []Storm  `json:"storms"`
	// How many frames without IP were seen in a namespace, ARP's above all.
	Frames map[string]int `json:"frames"`
	// Whether the kernel has loaded SCTP, and answers what belongs to no association.
	SCTP  bool   `json:"sctp"`
	Error string `json:"error,omitempty"`
	// By this program's own clock, in microseconds: when the command came, and when each packet was sent.
	Began int64   `json:"began"`
	Sent  []int64 `json:"sent"`
}

// Failed tells that the sender's own kernel refused a packet.
type Failed struct {
	At    int    `json:"at"`
	Error string `json:"error"`
}

func main() {
	runtime.LockOSThread() // namespaces belong to threads
	runtime.GOMAXPROCS(1)
	wire := newWire()
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(make([]byte, 1<<20), 1<<28)
	output := bufio.NewWriterSize(os.Stdout, 1<<16)
	encoder := json.NewEncoder(output)
	for input.Scan() {
		encoder.Encode(wire.act(input.Bytes()))
		output.Flush()
	}
}

var started = time.Now()

func clock() int64 { return time.Since(started).Microseconds() }

func (wire *Wire) act(line []byte) Answer {
	began := clock()
	var command Command
	if err := json.Unmarshal(line, &command); err != nil {
		return Answer{Error: err.Error()}
	}
	if command.Open != nil {
		wire.close()
		for _, namespace := range command.Open {
			if err := wire.open(namespace); err != nil {
				return Answer{Error: namespace.Name + ": " + err.Error()}
			}
		}
	}
	answer := wire.send(command.Send, command.Quiet)
	answer.Began = began
	answer.SCTP = hasSCTP()
	return answer
}
