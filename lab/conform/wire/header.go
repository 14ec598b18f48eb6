package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"syscall"
)

// Header is what a sighting tells of a packet.
type Header struct {
	Source      string `json:"source"`
	Destination string `json:"destination"`
	Protocol    int    `json:"protocol"`
	Sport       int    `json:"sport"`
	Dport       int    `json:"dport"`
	TTL         int    `json:"ttl"`
	// IP's identification, or IPv6's flow label.
	Ident int `json:"ident"`
	// The number that the sender wrote into the content; 0 where there is none.
	Id    uint32 `json:"id"`
	Seq   uint32 `json:"seq,omitempty"`
	Ack   uint32 `json:"ack,omitempty"`
	Flags int    `json:"flags,omitempty"`
	// SCTP's verification tag and its first chunk.
	Tag    uint32 `json:"tag,omitempty"`
	Chunk  int    `json:"chunk,omitempty"`
	Type   int    `json:"type,omitempty"`
	Code   int    `json:"code,omitempty"`
	Offset int    `json:"offset,omitempty"`
	More   bool   `json:"more,omitempty"`
	Length int    `json:"length"`
	// What a VXLAN packet carries.
	Inner *Header `json:"inner,omitempty"`
	// The packet that an ICMP error quotes.
	About *Header `json:"about,omitempty"`
}

var magic = []byte("LdLn")

// idIn finds the sender's number, however deep the content lies: in an ICMP error, in a tunnel.
func idIn(content []byte) uint32 {
	at := bytes.Index(content, magic)
	if at < 0 || len(content) < at+8 {
		return 0
	}
	return binary.BigEndian.Uint32(content[at+4:])
}

func headerOf(packet []byte, linkProtocol uint16) *Header {
	switch linkProtocol {
	case 0x0008: // ETH_P_IP in network order
		return headerOf4(packet)
	case 0xdd86: // ETH_P_IPV6
		return headerOf6(packet)
	}
	return nil
}

func headerOf4(packet []byte) *Header {
	if len(packet) < 20 || packet[0]>>4 != 4 {
		return nil
	}
	start := int(packet[0]&15) * 4
	fragment := binary.BigEndian.Uint16(packet[6:])
	header := &Header{
		Source: net.IP(packet[12:16]).String(), Destination: net.IP(packet[16:20]).String(),
		Protocol: int(packet[9]), TTL: int(packet[8]), Ident: int(binary.BigEndian.Uint16(packet[4:])),
		Offset: int(fragment&0x1fff) * 8, More: fragment&0x2000 != 0,
	}
	if start <= len(packet) {
		header.transport(packet[start:])
	}
	return header
}

func headerOf6(packet []byte) *Header {
	if len(packet) < 40 || packet[0]>>4 != 6 {
		return nil
	}
	header := &Header{
		Source: address6(packet[8:24]), Destination: address6(packet[24:40]),
		Protocol: int(packet[6]), TTL: int(packet[7]), Ident: int(binary.BigEndian.Uint32(packet) & 0xfffff),
	}
	rest := packet[40:]
	for len(rest) >= 8 && (header.Protocol == 0 || header.Protocol == 43 || header.Protocol == 44 || header.Protocol == 60) {
		size := 8
		if header.Protocol == 44 {
			fragment := binary.BigEndian.Uint16(rest[2:])
			header.Offset, header.More = int(fragment&0xfff8), fragment&1 != 0
		} else {
			size += int(rest[1]) * 8
		}
		header.Protocol = int(rest[0])
		if size > len(rest) {
			return header
		}
		rest = rest[size:]
	}
	header.transport(rest)
	return header
}

// transport reads ports, TCP's numbers, ICMP's type; a later fragment has none of them.
func (header *Header) transport(content []byte) {
	if header.Offset > 0 || len(content) < 8 {
		return
	}
	header.Id = idIn(content)
	switch header.Protocol {
	case syscall.IPPROTO_ICMP, syscall.IPPROTO_ICMPV6:
		header.Type, header.Code = int(content[0]), int(content[1])
		header.Sport = int(binary.BigEndian.Uint16(content[4:]))
		header.About = header.quoted(content[8:])
	case syscall.IPPROTO_TCP, syscall.IPPROTO_UDP, protocolSCTP:
		header.Sport, header.Dport = int(binary.BigEndian.Uint16(content)), int(binary.BigEndian.Uint16(content[2:]))
	}
	if header.Protocol == syscall.IPPROTO_TCP && len(content) >= 20 {
		header.Seq, header.Ack = binary.BigEndian.Uint32(content[4:]), binary.BigEndian.Uint32(content[8:])
		header.Flags = int(content[13])
	}
	if header.Protocol == protocolSCTP && len(content) >= 16 {
		header.Tag, header.Chunk = binary.BigEndian.Uint32(content[4:]), int(content[12])
	}
	// IPIP and IPv6 in IPv4 carry a bare packet
	if header.Protocol == syscall.IPPROTO_IPIP {
		header.Inner = headerOf4(content)
	}
	if header.Protocol == syscall.IPPROTO_IPV6 {
		header.Inner = headerOf6(content)
	}
	if header.Inner != nil {
		header.Inner.Length = len(content)
	}
	// VXLAN's header, and an Ethernet frame within
	if header.Protocol == syscall.IPPROTO_UDP && (header.Dport == 8472 || header.Dport == 4789) && len(content) > 30 {
		inner := content[30:]
		header.Inner = headerOf(inner, binary.LittleEndian.Uint16(content[28:]))
		if header.Inner != nil {
			header.Inner.Length = len(inner)
		}
	}
}

// quoted reads what an ICMP error is about: types 3, 4, 5, 11, 12 and ICMPv6's below 128.
func (header *Header) quoted(content []byte) *Header {
	if header.Protocol == syscall.IPPROTO_ICMPV6 && header.Type < 128 {
		return headerOf6(content)
	}
	if header.Protocol == syscall.IPPROTO_ICMP && (header.Type >= 3 && header.Type <= 5 || header.Type == 11 || header.Type == 12) {
		return headerOf4(content)
	}
	return nil
}

// address6 writes an address of IPv6 as such where it carries one of IPv4, too.
func address6(bytes []byte) string {
	if net.IP(bytes).To4() == nil {
		return net.IP(bytes).String()
	}
	return fmt.Sprintf("::ffff:%x:%x", uint16(bytes[12])<<8|uint16(bytes[13]), uint16(bytes[14])<<8|uint16(bytes[15]))
}
