import type { Packet } from './packet.ts';

/** Whether the sender's socket takes it as the answer: the same addresses and ports the other way round, or an error that quotes the packet. */
export function isAnswerTo(packet: Packet, sent: Packet): boolean {
  const inner = packet.icmp?.inner;
  if (inner !== undefined) {
    return (
      inner.source === sent.source &&
      inner.destination === sent.destination &&
      inner.sourcePort === sent.sourcePort &&
      inner.destinationPort === sent.destinationPort
    );
  }
  if (packet.source !== sent.destination || packet.destination !== sent.source) return false;
  if (sent.icmp !== null) return packet.icmp?.id === sent.icmp.id;
  return packet.sourcePort === sent.destinationPort && packet.destinationPort === sent.sourcePort;
}
