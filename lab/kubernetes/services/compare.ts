import { isIPv6 } from 'node:net';
import type { ModelAnswer, ModelHeader, ModelOutcome, ModelWalk } from '../../conform/stage/model.ts';
import type { Header, Seen } from '../../conform/stage/wire.ts';
import type { Aimed } from './packets.ts';

/** What became of one packet, told alike by the kernel and by the model. */
export type Fate = {
  /** Who took it, with addresses and ports as they arrived; nothing where nobody did. */
  readonly taken: string | null;
  /** What came back to the sender, from which address and port; nothing for silence. */
  readonly answer: string | null;
  /** The namespace that it came to last. */
  readonly at: string;
  /** Whether it is sure that it was taken: a packet that INPUT drops was on the device of its own address all the same. */
  readonly isSure: boolean;
  /** The model's reasons, for who looks for its mistake. */
  readonly says?: string;
};

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6', 132: 'sctp' };
const [RST, SYN_ACK] = [0x04, 0x12];

const ending = (address: string, port: number | undefined): string => (isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`);

/** Masquerading draws a port of its own, so only an unchanged source tells one. */
const takenText = (where: string, source: string, sport: number | undefined, to: string, sent: Aimed['packet']): string =>
  `${where} takes ${source === sent.source ? ending(source, sport) : source} → ${to}`;

/** Packets that belong to a sent one: itself, and what answers it. */
const isAnswer = (header: Header, sent: Aimed['packet']): boolean =>
  PROTOCOL_NAMES[header.protocol] !== sent.protocol || (header.protocol === 6 && (header.flags ?? 0) !== 0x02);

/** A SYN-ACK or a reset carries no content; its acknowledgement names what it answers. */
export const numberOf = ({ id, protocol, ack = 0 }: Header): number => (id !== 0 || protocol !== 6 ? id : Math.floor(ack / 4096));

/** What the kernel did, by all sightings of one packet. `owned` tells whether an address is a namespace's own. */
export function realFate(sent: Aimed['packet'], seen: readonly Seen[], owned: (namespace: string, address: string) => boolean): Fate {
  const forth = seen.filter(({ header }) => !isAnswer(header, sent));
  const last = forth.findLast(({ how }) => how === 'in' || how === 'socket');
  const taken =
    last !== undefined && owned(last.in, last.header.destination)
      ? takenText(last.in, last.header.source, last.header.sport, ending(last.header.destination, last.header.dport), sent)
      : null;
  const back = seen.filter(({ header, in: at, how }) => isAnswer(header, sent) && at === sent.from && how === 'in');
  // a node's own NAT comes after its devices: what they show is not yet translated back
  const answer = back.findLast(({ header }) => header.destination === sent.source || isTranslator(sent));
  return {
    taken,
    answer: answer === undefined ? null : answerText(answer.header, isTranslator(sent)),
    at: last?.in ?? sent.from,
    isSure: last?.how === 'socket',
  };
}

/** Nodes translate what they send themselves; of an answer to them only its kind can be seen. */
const isTranslator = ({ from }: Aimed['packet']): boolean => /^n\d$/.test(from);

function answerText(header: Header, only: boolean): string {
  if (header.protocol !== 6) return `icmp ${header.type}/${header.code ?? 0}${only ? '' : ` from ${header.source}`}`;
  const flags = header.flags ?? 0;
  const kind = (flags & SYN_ACK) === SYN_ACK ? 'SYN-ACK' : (flags & RST) !== 0 ? 'RST' : `flags ${flags}`;
  return only ? kind : `${kind} from ${ending(header.source, header.sport)}`;
}

/** What the model says, for each thing that can come; nothing where it does not know. */
export function modelFates({ packet }: Aimed, answer: ModelAnswer): readonly Fate[] | { readonly unknown: string } {
  if ('error' in answer) return { unknown: answer.error };
  if (!answer.complete) return { unknown: 'more ways than can be walked' };
  const open = answer.outcomes
    .flatMap(({ walks }) => walks)
    .find(({ disposition }) => disposition === 'unknown' || disposition === 'left the model');
  if (open !== undefined) return { unknown: open.says };
  if (answer.outcomes.some(({ probability }) => probability === null)) return { unknown: 'a choice whose chances are not known' };
  return answer.outcomes.map((outcome) => modelFate(packet, outcome));
}

function modelFate(sent: Aimed['packet'], { walks }: ModelOutcome): Fate {
  const [way, ...back] = walks;
  if (way === undefined) return { taken: null, answer: null, at: sent.from, isSure: true };
  const { received, at, disposition } = way;
  const isTaken = disposition === 'delivered' || disposition === 'no listener';
  const taken = isTaken ? takenText(at[0], received.source, received.sport, ending(received.destination, received.dport), sent) : null;
  const answer = back.find((one) => cameBack(one, sent));
  return {
    taken,
    answer: answer === undefined ? null : modelAnswerText(answer.received, isTranslator(sent)),
    says: walks.map((one) => `${one.disposition} at ${one.at[0]} ${one.at[1]}: ${one.says}`).join('; then '),
    at: at[0],
    isSure: true,
  };
}

const cameBack = ({ at, received, disposition }: ModelWalk, sent: Aimed['packet']): boolean =>
  at[0] === sent.from && received.destination === sent.source && (disposition === 'delivered' || disposition === 'no listener');

function modelAnswerText({ icmp, tcp = [], source, sport }: ModelHeader, only: boolean): string {
  if (icmp !== undefined) return `icmp ${icmp.type}/${icmp.code}${only ? '' : ` from ${source}`}`;
  const kind = tcp.includes('rst') ? 'RST' : 'SYN-ACK';
  return only ? kind : `${kind} from ${ending(source, sport)}`;
}

/** Whether the kernel did one of the things that the model says. */
export const agrees = (real: Fate, fates: readonly Fate[]): boolean =>
  fates.some((one) => one.answer === real.answer && (one.taken === real.taken || isDroppedOnArrival(one, real)));

/** The model drops it where the kernel's last sighting was; nothing there says that it was taken. */
const isDroppedOnArrival = (model: Fate, real: Fate): boolean => model.taken === null && !real.isSure && model.at === real.at;
