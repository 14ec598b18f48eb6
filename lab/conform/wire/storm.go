package main

import (
	"syscall"
	"time"
	"unsafe"
)

// Storm is a packet that goes in circles and never comes to an end, and the scene that was ended because of it.
type Storm struct {
	Scene string `json:"scene"`
	// What it looks like; nothing where it is no IP packet.
	Header *Header `json:"header,omitempty"`
}

// With 255 hops, some devices on each and answers about it a packet is seen some thousand times; what is seen more often goes round for ever.
const mostSightings = 1 << 13

// Frames that carry no IP are not told apart.
const mostOthers = 1 << 16

// circler is what one packet is known by again: its number, or its ends where a kernel made it.
type circler struct {
	scene, source, destination   string
	id                           uint32
	protocol, sport, dport, icmp int
}

func circlerOf(scene string, header *Header) circler {
	if header == nil {
		return circler{scene: scene}
	}
	if header.Id != 0 {
		return circler{scene: scene, id: header.Id}
	}
	return circler{
		scene: scene, source: header.Source, destination: header.Destination,
		protocol: header.Protocol, sport: header.Sport, dport: header.Dport, icmp: header.Type,
	}
}

// count counts a sighting of a packet, and ends the scene with the one that was seen too often.
func (wire *Wire) count(source *Source, header *Header, answer *Answer) {
	one := circlerOf(source.scene, header)
	wire.counts[one]++
	most := mostSightings
	if header == nil {
		most = mostOthers
	}
	if wire.counts[one] < most || wire.ended[source.scene] {
		return
	}
	answer.Storms = append(answer.Storms, Storm{Scene: source.scene, Header: header})
	wire.end(source.scene, source.namespace, answer)
}

// end takes down all devices of a scene, those where the storm was seen first. What its taps had seen until then is read: the tap that
// overflows is read before others that saw where the packet came from.
func (wire *Wire) end(scene, first string, answer *Answer) {
	wire.ended[scene] = true
	began := time.Now().UnixNano()
	wire.down(first)
	for namespace := range wire.entries {
		if namespace != first && wire.scenes[namespace] == scene {
			wire.down(namespace)
		}
	}
	for fd, source := range wire.sources {
		if source.scene == scene {
			wire.readUntil(source, began, answer)
			syscall.Close(fd)
			delete(wire.sources, fd)
		}
	}
}

// readUntil reads what a source had seen until a time; what came later met devices that were down.
func (wire *Wire) readUntil(source *Source, until int64, answer *Answer) {
	for before := len(answer.Seen); wire.receive(source, answer); before = len(answer.Seen) {
		if len(answer.Seen) > before && answer.Seen[before].at > until {
			answer.Seen = answer.Seen[:before]
			return
		}
	}
}

// request is a struct ifreq with flags.
type request struct {
	name  [16]byte
	flags uint16
	_     [22]byte
}

func (wire *Wire) down(namespace string) {
	wire.within(namespace, func() error {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
		if err != nil {
			return err
		}
		defer syscall.Close(fd)
		for _, name := range wire.devices[namespace] {
			var one request
			copy(one.name[:15], name)
			control(fd, syscall.SIOCGIFFLAGS, &one)
			one.flags &^= syscall.IFF_UP
			control(fd, syscall.SIOCSIFFLAGS, &one)
		}
		return nil
	})
}

func control(fd int, command uintptr, one *request) {
	syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), command, uintptr(unsafe.Pointer(one)))
}
