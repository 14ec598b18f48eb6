import type { Packet } from '../draw/packet.ts';

type Chunks = NonNullable<Packet['chunks']>;

/** What an end says that got a chunk. */
const ANSWERS: Readonly<Record<string, Chunks[number]>> = {
  INIT: 'INIT_ACK',
  COOKIE_ECHO: 'COOKIE_ACK',
  DATA: 'SACK',
  HEARTBEAT: 'HEARTBEAT_ACK',
  SHUTDOWN: 'SHUTDOWN_ACK',
  SHUTDOWN_ACK: 'SHUTDOWN_COMPLETE',
};

/** A tag of a conversation that none of its ends asks for, behind its base. */
const BLUE = 0x800;

/** The chunks that answer a packet. */
export const answerTo = ({ chunks: [first = 'INIT'] = [] }: Pick<Packet, 'chunks'>): Chunks => [ANSWERS[first] ?? 'DATA'];

/**
 * SCTP's tags as two ends would choose and remember them: who sends an INIT or its answer asks for a tag, and gets it from then on;
 * who has none of the other end sends 0, or one out of the blue where kernels repeat it in an answer that is known by nothing else.
 * `asked` are those of before, by namespace and address.
 */
export function tagged(packet: Packet, asked: Map<string, number>, base: number, isRepeated = false): Packet {
  const [first = 'INIT'] = packet.chunks ?? [];
  const own = `${packet.from} ${packet.source}`;
  const other = [...asked.keys()].find((name) => name !== own);
  const mine = asked.get(own) ?? base + 1 + asked.size;
  if (first === 'INIT' || first === 'INIT_ACK') asked.set(own, mine);
  const isReflected = first.endsWith(':T');
  const known = (name: string | undefined): number => asked.get(name ?? '') ?? (isRepeated ? base + BLUE : 0);
  return { ...packet, tags: { carried: first === 'INIT' ? 0 : known(isReflected ? own : other), asked: mine } };
}
