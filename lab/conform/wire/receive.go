package main

import (
	"encoding/binary"
	"net"
	"strings"
	"syscall"
	"time"
)

// Seen is one sighting of a packet: by a tap on a device, or by a socket that took it.
type Seen struct {
	Namespace string `json:"in"`
	Device    string `json:"device"`
	// "in", "out" (this host's own or forwarded), "socket"; "other", "broadcast", "multicast" for frames that came in so.
	How string `json:"how"`
	// What a socket was told; kernels before 5.19 tell none.
	Mark   *uint32 `json:"mark,omitempty"`
	Header *Header `json:"header"`
	at     int64
}

var ways = map[uint8]string{0: "in", 1: "broadcast", 2: "multicast", 3: "other", 4: "out"}

// drain reads what there is; it waits so many milliseconds for something, and tells whether there was any.
func (wire *Wire) drain(answer *Answer, waitMs int) bool {
	events := make([]syscall.EpollEvent, 64)
	found := false
	for {
		n, err := syscall.EpollWait(wire.epoll, events, waitMs)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n == 0 {
			return found
		}
		for _, event := range events[:n] {
			for source := wire.sources[int(event.Fd)]; source != nil && wire.receive(source, answer); source = wire.sources[int(event.Fd)] {
				found = true
				if time.Now().After(wire.until) {
					answer.Error = "packets do not come to their ends"
					return false
				}
			}
		}
		waitMs = 0
	}
}

var buffer = make([]byte, 1<<16)
var ancillary = make([]byte, 512)

// receive reads one packet, and tells whether there was one.
func (wire *Wire) receive(source *Source, answer *Answer) bool {
	n, extra, _, from, err := syscall.Recvmsg(source.fd, buffer, ancillary, 0)
	if err != nil {
		return err == syscall.EINTR || err == syscall.ECONNREFUSED || err == syscall.EHOSTUNREACH
	}
	seen := Seen{Namespace: source.namespace}
	notes := controlOf(ancillary[:extra])
	seen.Mark, seen.at = notes.mark, notes.at
	if !source.isTap {
		seen.How, seen.Device = "socket", source.devices[notes.device]
		seen.Header = &Header{Protocol: syscall.IPPROTO_UDP, Destination: notes.to, Id: idIn(buffer[:n])}
		seen.Header.Source, seen.Header.Sport = endpointOf(from)
		if six, ok := from.(*syscall.SockaddrInet6); ok && strings.Contains(notes.to, ":") {
			seen.Header.Source = address6(six.Addr[:])
		}
		if seen.Header.Dport = notes.port; notes.port == 0 {
			seen.Header.Dport = source.port()
		}
		answer.Seen = append(answer.Seen, seen)
		return true
	}
	link, ok := from.(*syscall.SockaddrLinklayer)
	if !ok {
		return true
	}
	seen.How, seen.Device = ways[link.Pkttype], source.devices[link.Ifindex]
	header := headerOf(buffer[:n], link.Protocol)
	if header != nil {
		header.Length = n
		seen.Header = header
		answer.Seen = append(answer.Seen, seen)
	} else {
		answer.Frames[source.namespace]++
	}
	wire.count(source, header, answer)
	return true
}

func (source *Source) port() int {
	name, err := syscall.Getsockname(source.fd)
	if err != nil {
		return 0
	}
	_, port := endpointOf(name)
	return port
}

func endpointOf(address syscall.Sockaddr) (string, int) {
	switch one := address.(type) {
	case *syscall.SockaddrInet4:
		return net.IP(one.Addr[:]).String(), one.Port
	case *syscall.SockaddrInet6:
		return net.IP(one.Addr[:]).String(), one.Port
	}
	return "", 0
}

type notes struct {
	mark *uint32
	to   string
	// That of the packet: a transparent socket's own may be another.
	port   int
	device int
	at     int64
}

func controlOf(oob []byte) (found notes) {
	messages, err := syscall.ParseSocketControlMessage(oob)
	if err != nil {
		return found
	}
	for _, message := range messages {
		data := message.Data
		switch [2]int32{message.Header.Level, message.Header.Type} {
		case [2]int32{syscall.SOL_SOCKET, syscall.SO_MARK}:
			mark := binary.NativeEndian.Uint32(data)
			found.mark = &mark
		case [2]int32{syscall.SOL_SOCKET, soTimestamp}:
			found.at = int64(binary.NativeEndian.Uint64(data))*1e9 + int64(binary.NativeEndian.Uint64(data[8:]))
		case [2]int32{syscall.IPPROTO_IP, ipPacketInfo}:
			found.device, found.to = int(binary.NativeEndian.Uint32(data)), net.IP(data[8:12]).String()
		case [2]int32{syscall.IPPROTO_IP, ipOriginalDestination}, [2]int32{syscall.IPPROTO_IPV6, ip6OriginalDestination}:
			found.port = int(binary.BigEndian.Uint16(data[2:]))
		case [2]int32{syscall.IPPROTO_IPV6, 50}:
			found.to, found.device = net.IP(data[:16]).String(), int(binary.NativeEndian.Uint32(data[16:]))
		}
	}
	return found
}
