// Agent runs commands in the guest: one JSON command a line in, one JSON answer a line out, as each ends. It is static.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Command is a program to run to its end, with something on its input.
type Command struct {
	Id        int      `json:"id"`
	Argv      []string `json:"argv"`
	Input     string   `json:"input"`
	TimeoutMs int      `json:"timeoutMs"`
}

// Answer tells how it ended; what it wrote is base64, for not all of it is UTF-8.
type Answer struct {
	Id     int    `json:"id"`
	Code   int    `json:"code"`
	Stdout []byte `json:"stdout"`
	Stderr []byte `json:"stderr"`
}

// Side by side run as many as this: more only wait for the processors.
const atOnce = 4

func main() {
	port, err := os.OpenFile(os.Args[1], os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	input := bufio.NewScanner(port)
	input.Buffer(make([]byte, 1<<20), 1<<28)
	encoder := json.NewEncoder(port)
	var writing sync.Mutex
	slots := make(chan struct{}, atOnce)
	for input.Scan() {
		var command Command
		if json.Unmarshal(input.Bytes(), &command) != nil || len(command.Argv) == 0 {
			continue
		}
		slots <- struct{}{}
		go func() {
			answer := run(command)
			<-slots
			writing.Lock()
			defer writing.Unlock()
			encoder.Encode(answer)
		}()
	}
}

func run(command Command) Answer {
	limit, cancel := context.WithTimeout(context.Background(), time.Duration(command.TimeoutMs)*time.Millisecond)
	defer cancel()
	program := exec.CommandContext(limit, command.Argv[0], command.Argv[1:]...)
	program.Stdin = bytes.NewBufferString(command.Input)
	var stdout, stderr bytes.Buffer
	program.Stdout, program.Stderr = &stdout, &stderr
	err := program.Run()
	answer := Answer{Id: command.Id, Stdout: stdout.Bytes(), Stderr: stderr.Bytes()}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		answer.Code = exit.ExitCode()
	case err != nil:
		answer.Code, answer.Stderr = 127, append(answer.Stderr, err.Error()...)
	}
	return answer
}
