package main

import (
	"encoding/hex"
	"errors"
	"net"
	"sort"
	"syscall"
	"time"
)

// Sending is one packet and how it starts.
type Sending struct {
	Namespace string `json:"in"`
	// "raw": IP header and all through a raw socket; "socket": a datagram's content through an ordinary one;
	// "frame": an Ethernet frame on the wire of a device.
	Through     string `json:"through"`
	Device      string `json:"device"`
	Source      string `json:"source"`
	Destination string `json:"destination"`
	Sport       int    `json:"sport"`
	Dport       int    `json:"dport"`
	Mark        int    `json:"mark"`
	TTL         int    `json:"ttl"`
	TOS         int    `json:"tos"`
	DF          bool   `json:"df"`
	Hex         string `json:"hex"`
}

// So many packets are sent before the taps are read: their buffers must not run over.
const atOnce = 64

// All packets come to their ends in far less.
const atMost = 30 * time.Second

func (wire *Wire) send(sendings []Sending, quietMs int) Answer {
	answer := Answer{Seen: []Seen{}, Failed: []Failed{}, Storms: []Storm{}, Frames: map[string]int{}, Sent: []int64{}}
	wire.counts = map[circler]int{}
	wire.until = time.Now().Add(atMost)
	for at, sending := range sendings {
		content, err := hex.DecodeString(sending.Hex)
		answer.Sent = append(answer.Sent, clock())
		if err == nil {
			err = wire.sendOne(sending, content)
		}
		if err != nil {
			answer.Failed = append(answer.Failed, Failed{At: at, Error: err.Error()})
		}
		if at%atOnce == atOnce-1 {
			wire.drain(&answer, 0)
		}
	}
	if quietMs > 0 {
		for wire.drain(&answer, quietMs) {
		}
	}
	// taps are read one after the other; the kernel's clock tells what came first
	sort.SliceStable(answer.Seen, func(i, j int) bool { return answer.Seen[i].at < answer.Seen[j].at })
	return answer
}

func (wire *Wire) sendOne(sending Sending, content []byte) error {
	if wire.ended[wire.scenes[sending.Namespace]] {
		return errors.New("a storm has ended its scene")
	}
	switch sending.Through {
	case "frame":
		return wire.sendFrame(sending, content)
	case "socket":
		return wire.sendDatagram(sending, content)
	}
	fd, err := wire.rawSocket(sending.Namespace, sending.Source)
	if err != nil {
		return err
	}
	syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_MARK, sending.Mark)
	// a raw socket's route is looked up by its own type of service, not by that of the header (net/ipv4/raw.c raw_sendmsg)
	if net.ParseIP(sending.Source).To4() != nil {
		syscall.SetsockoptInt(fd, syscall.IPPROTO_IP, syscall.IP_TOS, sending.TOS)
	} else {
		syscall.SetsockoptInt(fd, syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS, sending.TOS)
	}
	return syscall.Sendto(fd, content, 0, sockaddr(sending.Destination, 0))
}

// rawSocket is bound to the source: else the kernel would choose its route as if there were none.
func (wire *Wire) rawSocket(namespace, source string) (int, error) {
	key := namespace + " " + source
	if fd, ok := wire.raw[key]; ok {
		return fd, nil
	}
	var fd int
	err := wire.within(namespace, func() (err error) {
		family := syscall.AF_INET
		if net.ParseIP(source).To4() == nil {
			family = syscall.AF_INET6
		}
		if fd, err = syscall.Socket(family, syscall.SOCK_RAW, syscall.IPPROTO_RAW); err != nil {
			return err
		}
		if family == syscall.AF_INET6 {
			syscall.SetsockoptInt(fd, syscall.IPPROTO_IPV6, ip6HeaderIncluded, 1)
		}
		return syscall.Bind(fd, sockaddr(source, 0))
	})
	if err == nil {
		wire.raw[key] = fd
	}
	return fd, err
}

func (wire *Wire) sendDatagram(sending Sending, content []byte) error {
	return wire.within(sending.Namespace, func() error {
		isFour := net.ParseIP(sending.Source).To4() != nil
		family, level := syscall.AF_INET6, syscall.IPPROTO_IPV6
		if isFour {
			family, level = syscall.AF_INET, syscall.IPPROTO_IP
		}
		fd, err := syscall.Socket(family, syscall.SOCK_DGRAM|syscall.SOCK_NONBLOCK, 0)
		if err != nil {
			return err
		}
		// what comes of it, an error too, has come when the kernel returns; a socket that stayed would take others' packets
		defer syscall.Close(fd)
		syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
		syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_MARK, sending.Mark)
		discover := syscall.IP_PMTUDISC_DONT
		if sending.DF {
			discover = syscall.IP_PMTUDISC_DO
		}
		if isFour {
			syscall.SetsockoptInt(fd, level, syscall.IP_MTU_DISCOVER, discover)
			syscall.SetsockoptInt(fd, level, syscall.IP_TTL, sending.TTL)
			syscall.SetsockoptInt(fd, level, syscall.IP_TOS, sending.TOS)
		} else {
			syscall.SetsockoptInt(fd, level, syscall.IPV6_MTU_DISCOVER, discover)
			syscall.SetsockoptInt(fd, level, syscall.IPV6_UNICAST_HOPS, sending.TTL)
			syscall.SetsockoptInt(fd, level, syscall.IPV6_TCLASS, sending.TOS)
		}
		if err := syscall.Bind(fd, sockaddr(sending.Source, sending.Sport)); err != nil {
			return err
		}
		return syscall.Sendto(fd, content, 0, sockaddr(sending.Destination, sending.Dport))
	})
}

func (wire *Wire) sendFrame(sending Sending, content []byte) error {
	for index, name := range wire.devices[sending.Namespace] {
		if name != sending.Device {
			continue
		}
		fd, err := wire.frameSocket(sending.Namespace)
		if err != nil {
			return err
		}
		return syscall.Sendto(fd, content, 0, &syscall.SockaddrLinklayer{Ifindex: index, Halen: 6})
	}
	return syscall.ENODEV
}

func (wire *Wire) frameSocket(namespace string) (int, error) {
	key := namespace + " frame"
	if fd, ok := wire.raw[key]; ok {
		return fd, nil
	}
	var fd int
	err := wire.within(namespace, func() (err error) {
		fd, err = syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, 0)
		return err
	})
	if err == nil {
		wire.raw[key] = fd
	}
	return fd, err
}

func sockaddr(text string, port int) syscall.Sockaddr {
	ip := net.ParseIP(text)
	if four := ip.To4(); four != nil {
		return &syscall.SockaddrInet4{Port: port, Addr: [4]byte(four)}
	}
	var six [16]byte
	copy(six[:], ip)
	return &syscall.SockaddrInet6{Port: port, Addr: six}
}
