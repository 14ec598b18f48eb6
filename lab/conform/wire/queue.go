package main

import (
	"encoding/binary"
	"fmt"
	"syscall"
)

// Queue is a number that this program listens to: it takes packets and never lets them go, or has not said that it wants any.
type Queue struct {
	Number int  `json:"number"`
	Takes  bool `json:"takes"`
}

const (
	netlinkNetfilter = 12
	queueConfig      = 3<<8 | 2 // NFNL_SUBSYS_QUEUE, NFQNL_MSG_CONFIG
	queueCommand     = 1        // NFQA_CFG_CMD
	queueParameters  = 2        // NFQA_CFG_PARAMS
	commandBind      = 1
	copyMeta         = 1
)

// listenQueue binds a queue in the namespace that this thread is in (net/netfilter/nfnetlink_queue.c nfqnl_recv_config).
func (wire *Wire) listenQueue(queue Queue) error {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW, netlinkNetfilter)
	if err != nil {
		return err
	}
	wire.idle = append(wire.idle, fd)
	if err := configure(fd, queue.Number, queueCommand, []byte{commandBind, 0, 0, 0}); err != nil || !queue.Takes {
		return err
	}
	return configure(fd, queue.Number, queueParameters, []byte{0, 0, 0xff, 0xff, copyMeta})
}

// configure sends one attribute about a queue and waits for its acknowledgement.
func configure(fd, number, kind int, value []byte) error {
	attribute := binary.NativeEndian.AppendUint16(nil, uint16(4+len(value)))
	attribute = binary.NativeEndian.AppendUint16(attribute, uint16(kind))
	attribute = append(attribute, value...)
	for len(attribute)%4 != 0 {
		attribute = append(attribute, 0)
	}
	body := append([]byte{syscall.AF_UNSPEC, 0, byte(number >> 8), byte(number)}, attribute...)
	message := binary.NativeEndian.AppendUint32(nil, uint32(syscall.NLMSG_HDRLEN+len(body)))
	message = binary.NativeEndian.AppendUint16(message, queueConfig)
	message = binary.NativeEndian.AppendUint16(message, syscall.NLM_F_REQUEST|syscall.NLM_F_ACK)
	message = append(message, make([]byte, 8)...) // sequence and port
	if err := syscall.Sendto(fd, append(message, body...), 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	n, _, err := syscall.Recvfrom(fd, answer, 0)
	if err != nil {
		return err
	}
	if n < syscall.NLMSG_HDRLEN+4 {
		return fmt.Errorf("queue %d: a short answer", number)
	}
	if code := int32(binary.NativeEndian.Uint32(answer[syscall.NLMSG_HDRLEN:])); code != 0 {
		return syscall.Errno(-code)
	}
	return nil
}
