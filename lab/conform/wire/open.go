package main

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

// Namespace is entered once: a tap on all its devices, and a socket on each port that something listens on.
type Namespace struct {
	Name string `json:"name"`
	Path string `json:"path"`
	// Namespaces of one scene end together.
	Scene string `json:"scene"`
	UDP   []int  `json:"udp"`
	TCP   []int  `json:"tcp"`
	// A kernel without SCTP listens on none of these.
	SCTP []int `json:"sctp"`
	// Sockets of their own beside those on every address.
	Bound []Bound `json:"bound"`
	// Queues of netfilter that a program listens to.
	Queues []Queue `json:"queues"`
}

// Bound is a socket on one address, of UDP where no other protocol is named; a transparent one may carry a mark, too.
type Bound struct {
	Protocol    string `json:"protocol"`
	Address     string `json:"address"`
	Port        int    `json:"port"`
	Transparent bool   `json:"transparent"`
	Mark        int    `json:"mark"`
	// It takes only what comes in by this device; of IPv6, IPv4 too.
	Device string `json:"device"`
	Both   bool   `json:"both"`
}

// Source is a descriptor that packets are read from.
type Source struct {
	fd        int
	scene     string
	namespace string
	isTap     bool
	devices   map[int]string
}

// Wire holds all that is open.
type Wire struct {
	own     int
	epoll   int
	sources map[int]*Source
	entries map[string]*os.File
	devices map[string]map[int]string
	raw     map[string]int
	idle    []int
	// The scene of each namespace, and which of them a storm has ended.
	scenes map[string]string
	ended  map[string]bool
	// How often each packet was seen that is being sent.
	counts map[circler]int
	// When they must have come to their ends.
	until time.Time
}

const (
	soReceiveBufferForce = 33
	soReceiveMark        = 75
	soTimestamp          = 35 // SO_TIMESTAMPNS
	ipPacketInfo         = 8
	ipFreeBind           = 15
	ipTransparent        = 19
	ip6PacketInfo        = 49
	// IP_RECVORIGDSTADDR and IPV6_RECVORIGDSTADDR of include/uapi/linux/in.h, in6.h.
	ipOriginalDestination  = 20
	ip6OriginalDestination = 74
	ip6Transparent         = 75
	ip6HeaderIncluded      = 36
	allProtocols           = 0x0300 // ETH_P_ALL in network order
	protocolSCTP           = 132
	bufferBytes            = 32 << 20
)

func newWire() *Wire {
	own, err := syscall.Open("/proc/self/ns/net", syscall.O_RDONLY, 0)
	if err != nil {
		panic(err)
	}
	wire := &Wire{own: own}
	wire.close()
	return wire
}

// close forgets all namespaces.
func (wire *Wire) close() {
	for fd := range wire.sources {
		syscall.Close(fd)
	}
	for _, fd := range wire.raw {
		syscall.Close(fd)
	}
	for _, fd := range wire.idle {
		syscall.Close(fd)
	}
	for _, file := range wire.entries {
		file.Close()
	}
	if wire.sources != nil {
		syscall.Close(wire.epoll)
	}
	wire.epoll, _ = syscall.EpollCreate1(0)
	wire.sources = map[int]*Source{}
	wire.entries = map[string]*os.File{}
	wire.devices = map[string]map[int]string{}
	wire.raw = map[string]int{}
	wire.scenes = map[string]string{}
	wire.ended = map[string]bool{}
	wire.idle = nil
}

// within runs something in a namespace, on this thread.
func (wire *Wire) within(name string, body func() error) error {
	file, ok := wire.entries[name]
	if !ok {
		return fmt.Errorf("no namespace %s", name)
	}
	if err := enter(int(file.Fd())); err != nil {
		return err
	}
	defer enter(wire.own)
	return body()
}

func enter(fd int) error {
	if _, _, errno := syscall.RawSyscall(setns, uintptr(fd), syscall.CLONE_NEWNET, 0); errno != 0 {
		return errno
	}
	return nil
}

func (wire *Wire) open(namespace Namespace) error {
	file, err := os.Open(namespace.Path)
	if err != nil {
		return err
	}
	wire.entries[namespace.Name] = file
	wire.scenes[namespace.Name] = namespace.Scene
	return wire.within(namespace.Name, func() error {
		if err := wire.tap(namespace.Name); err != nil {
			return err
		}
		for _, port := range namespace.UDP {
			if err := wire.listenUDP(namespace.Name, port); err != nil {
				return fmt.Errorf("udp %d: %w", port, err)
			}
		}
		for _, port := range namespace.TCP {
			if err := wire.listenTCP(port); err != nil {
				return fmt.Errorf("tcp %d: %w", port, err)
			}
		}
		for _, port := range namespace.SCTP {
			if err := wire.listenSCTP(port); err != nil {
				return fmt.Errorf("sctp %d: %w", port, err)
			}
		}
		for _, one := range namespace.Bound {
			if err := wire.bind(namespace.Name, one); err != nil {
				return fmt.Errorf("bound %+v: %w", one, err)
			}
		}
		for _, one := range namespace.Queues {
			if err := wire.listenQueue(one); err != nil {
				return fmt.Errorf("queue %d: %w", one.Number, err)
			}
		}
		return nil
	})
}

func (wire *Wire) tap(name string) error {
	devices := map[int]string{}
	interfaces, err := net.Interfaces()
	if err != nil {
		return err
	}
	for _, one := range interfaces {
		devices[one.Index] = one.Name
	}
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM|syscall.SOCK_NONBLOCK, allProtocols)
	if err != nil {
		return err
	}
	wire.devices[name] = devices
	return wire.read(&Source{fd: fd, namespace: name, isTap: true, devices: devices})
}

// read makes a descriptor one that packets are read from.
func (wire *Wire) read(source *Source) error {
	syscall.SetsockoptInt(source.fd, syscall.SOL_SOCKET, soReceiveBufferForce, bufferBytes)
	syscall.SetsockoptInt(source.fd, syscall.SOL_SOCKET, soReceiveMark, 1)
	syscall.SetsockoptInt(source.fd, syscall.SOL_SOCKET, soTimestamp, 1)
	source.scene = wire.scenes[source.namespace]
	wire.sources[source.fd] = source
	event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(source.fd)}
	return syscall.EpollCtl(wire.epoll, syscall.EPOLL_CTL_ADD, source.fd, &event)
}

func (wire *Wire) listenUDP(name string, port int) error {
	four, err := bound(syscall.AF_INET, syscall.SOCK_DGRAM, 0, port)
	if err != nil {
		return err
	}
	syscall.SetsockoptInt(four, syscall.IPPROTO_IP, ipPacketInfo, 1)
	syscall.SetsockoptInt(four, syscall.IPPROTO_IP, ipOriginalDestination, 1)
	if err := wire.read(&Source{fd: four, namespace: name, devices: wire.devices[name]}); err != nil {
		return err
	}
	six, err := bound(syscall.AF_INET6, syscall.SOCK_DGRAM, 0, port)
	if err != nil {
		return err
	}
	syscall.SetsockoptInt(six, syscall.IPPROTO_IPV6, ip6PacketInfo, 1)
	syscall.SetsockoptInt(six, syscall.IPPROTO_IPV6, ip6OriginalDestination, 1)
	return wire.read(&Source{fd: six, namespace: name, devices: wire.devices[name]})
}

func (wire *Wire) bind(name string, one Bound) error {
	family, level, transparent, packetInfo, destination := syscall.AF_INET, syscall.IPPROTO_IP, ipTransparent, ipPacketInfo, ipOriginalDestination
	if net.ParseIP(one.Address).To4() == nil {
		family, level, transparent, packetInfo, destination = syscall.AF_INET6, syscall.IPPROTO_IPV6, ip6Transparent, ip6PacketInfo, ip6OriginalDestination
	}
	kind := syscall.SOCK_DGRAM
	if one.Protocol == "tcp" {
		kind = syscall.SOCK_STREAM
	}
	fd, err := syscall.Socket(family, kind|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	syscall.SetsockoptInt(fd, syscall.IPPROTO_IP, ipFreeBind, 1)
	if family == syscall.AF_INET6 && !one.Both {
		syscall.SetsockoptInt(fd, level, syscall.IPV6_V6ONLY, 1)
	}
	if one.Device != "" {
		if err := syscall.BindToDevice(fd, one.Device); err != nil {
			return err
		}
	}
	syscall.SetsockoptInt(fd, level, packetInfo, 1)
	syscall.SetsockoptInt(fd, level, destination, 1)
	if one.Transparent {
		if err := syscall.SetsockoptInt(fd, level, transparent, 1); err != nil {
			return err
		}
	}
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_MARK, one.Mark); err != nil {
		return err
	}
	if err := syscall.Bind(fd, sockaddr(one.Address, one.Port)); err != nil {
		return err
	}
	if one.Protocol == "tcp" {
		wire.idle = append(wire.idle, fd)
		return syscall.Listen(fd, 4096)
	}
	return wire.read(&Source{fd: fd, namespace: name, devices: wire.devices[name]})
}

// listenTCP lets the kernel answer; nobody accepts.
func (wire *Wire) listenTCP(port int) error { return wire.listen(syscall.IPPROTO_TCP, port) }

// listenSCTP does the same where the kernel has SCTP; asking for it loads it.
func (wire *Wire) listenSCTP(port int) error {
	err := wire.listen(protocolSCTP, port)
	if err == syscall.EPROTONOSUPPORT || err == syscall.ESOCKTNOSUPPORT {
		return nil
	}
	return err
}

// hasSCTP tells whether the kernel has loaded SCTP by now.
func hasSCTP() bool {
	_, err := os.Stat("/proc/net/sctp")
	return err == nil
}

func (wire *Wire) listen(protocol, port int) error {
	for _, family := range []int{syscall.AF_INET, syscall.AF_INET6} {
		fd, err := bound(family, syscall.SOCK_STREAM, protocol, port)
		if err != nil {
			return err
		}
		if err := syscall.Listen(fd, 4096); err != nil {
			return err
		}
		wire.idle = append(wire.idle, fd)
	}
	return nil
}

func bound(family, kind, protocol, port int) (int, error) {
	fd, err := syscall.Socket(family, kind|syscall.SOCK_NONBLOCK, protocol)
	if err != nil {
		return 0, err
	}
	syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	if family == syscall.AF_INET {
		return fd, syscall.Bind(fd, &syscall.SockaddrInet4{Port: port})
	}
	syscall.SetsockoptInt(fd, syscall.IPPROTO_IPV6, syscall.IPV6_V6ONLY, 1)
	return fd, syscall.Bind(fd, &syscall.SockaddrInet6{Port: port})
}
