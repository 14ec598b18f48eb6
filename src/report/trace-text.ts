import { ICMP6_NAMES, ICMP_NAMES } from '#net/icmp-names';
import { isUnspecified } from '#net/ip';
import type { Answer, FactRef, Hop, Outcome, Place, Step, TracedOutcome, Walk } from '#sim/packet/outcome';
import type { Packet } from '#sim/packet/packet';
import type { Traced } from '#sim/packet/trace';
import { type Quote, quoted } from './quote.ts';

const MARKS = { yes: '✓', no: '✗', unknown: '?' } as const;

/** What a flow is called, and how its places are. */
export type Titles = { readonly flow: string; readonly place: (place: Place) => string };

/** A trace for a person: each outcome hop by hop, every step with the fact that decided it. */
export function traceText({ outcomes, complete }: Traced, { flow, place }: Titles, quote: Quote): string {
  const head = `${flow}\n${summary(outcomes)}${complete ? '' : '\nmore ways are open than were walked: the rest is unknown'}`;
  const blocks = outcomes.map((outcome, index) =>
    outcomeText(outcome, outcomes.length > 1 ? `${index + 1} of ${outcomes.length}: ` : '', place, quote),
  );
  return `${[head, ...blocks].join('\n\n')}\n`;
}

const percent = (probability: number | null): string =>
  probability === null ? 'probability unknown' : `${Number((probability * 100).toFixed(1))} %`;

function summary(outcomes: readonly TracedOutcome[]): string {
  const sum = { yes: 0, no: 0, unknown: 0 };
  for (const { works, probability } of outcomes) sum[works] += probability ?? 0;
  const named = (['yes', 'no', 'unknown'] as const).filter((works) => outcomes.some((outcome) => outcome.works === works));
  return named
    .map(
      (works) =>
        `${MARKS[works]} ${works === 'yes' ? answeredText(outcomes) : WORKS[works]}${named.length > 1 ? ` (${percent(sum[works])})` : ''}`,
    )
    .join('   ');
}

/** A refusal of the target's own stack proves the way there and back; it is not what the sender wants. */
function answeredText(outcomes: readonly TracedOutcome[]): string {
  const kinds = new Set(outcomes.flatMap(({ works, answer }) => (works === 'yes' ? [answer.kind === 'reply'] : [])));
  if (!kinds.has(false)) return 'the sender gets its answer';
  return kinds.has(true) ? 'the sender gets an answer or a refusal' : 'packets get there and back, and the sender is refused';
}

const WORKS = {
  no: 'the sender gets no answer',
  unknown: 'whether the sender gets an answer is not known',
} as const;

function outcomeText(outcome: TracedOutcome, number: string, place: Titles['place'], quote: Quote): string {
  const { choices, probability, works, answer, reply } = outcome;
  const chosen = choices.map(({ at, picked, probability: chance }) => `   picks ${picked} (${percent(chance)}) at ${at}`);
  const weight = choices.length > 0 ? `   ${percent(probability)}` : '';
  return [
    `${number}${MARKS[works]} ${packetText(outcome.packet)}${weight}`,
    ...chosen,
    ...walkText(outcome, place, quote),
    ...(reply === null ? [] : [`   answer ${packetText(reply.packet)}`, ...walkText(reply, place, quote)]),
    `   ${answerText(answer, outcome, place(outcome.at))}`,
  ].join('\n');
}

function walkText({ hops, disposition, at, reason }: Walk, place: Titles['place'], quote: Quote): string[] {
  return [
    ...hops.flatMap((hop) => hopText(hop, place, quote)),
    `   ${disposition} at ${place(at)}${at.device === null ? '' : ` ${at.device}`}: ${reason.says} [${reason.code}]`,
    ...refsText(reason.by, quote, '      '),
    ...(reason.gap?.capture === undefined ? [] : [`      to know: ${reason.gap.capture}`]),
  ];
}

function hopText({ at, in: incoming, out, steps }: Hop, place: Titles['place'], quote: Quote): string[] {
  const devices = [incoming === null ? '' : ` in ${incoming}`, out === null ? '' : ` out ${out}`].join('');
  return [`   ${place(at)}${devices}`, ...steps.flatMap((step) => stepText(step, quote))];
}

const ELEMENT_WIDTH = 10;

const stepText = ({ element, says, by }: Step, quote: Quote): string[] => [
  `      ${element.padEnd(ELEMENT_WIDTH)} ${says}`,
  ...refsText(by, quote, `      ${' '.repeat(ELEMENT_WIDTH)} `),
];

/** Evidence below what it decided; the same line once. */
const refsText = (by: readonly FactRef[], quote: Quote, indent: string): string[] => [
  ...new Set(by.map(({ origin, absent, key }) => `${indent}${absent === true ? `nothing for ${key} in ` : ''}${quoted(origin, quote)}`)),
];

function answerText(answer: Answer, { disposition }: Outcome, at: string): string {
  const after = answer.after === null || answer.after === 0 ? '' : ` after ${answer.after / 1000} s`;
  switch (answer.kind) {
    case 'reply':
      return `the sender sees an answer${after}`;
    case 'rst':
      return `the sender sees a reset${after}: connection refused`;
    case 'icmp':
      return answer.icmp === undefined ? `the sender sees an error${after}` : `the sender sees ${icmpText(answer.icmp, at)}${after}`;
    case 'silence':
      return 'the sender sees nothing';
    case 'unknown':
      return disposition === 'left the model'
        ? 'what the sender sees depends on what was not captured'
        : 'what the sender sees is not known';
  }
}

/** An error by number and name, and from whom: the unspecified address is that of a machine which found none to send from. */
function icmpText({ type, code, from }: NonNullable<Answer['icmp']>, at: string): string {
  const is6 = from.includes(':');
  const name = Object.entries(is6 ? ICMP6_NAMES : ICMP_NAMES).find(([, [one, other]]) => one === type && other === code)?.[0];
  const who = isUnspecified(from) ? `${at} itself, which found no address to send from` : from;
  return `${is6 ? 'ICMPv6' : 'ICMP'} ${type}/${code}${name === undefined ? '' : ` (${name})`} from ${who}`;
}

const withPort = (address: string, port: number): string =>
  port === 0 ? address : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

/** `tcp 10.0.0.1:40000 → 10.0.0.2:80 syn, 60 bytes`. */
function packetText({ protocol, source, sourcePort, destination, destinationPort, tcp, icmp, size }: Packet): string {
  const flags =
    tcp === null
      ? ''
      : ` ${Object.entries(tcp)
          .flatMap(([name, set]) => (set ? [name] : []))
          .join('+')}`;
  const message = icmp === null ? '' : ` ${icmp.type}/${icmp.code}`;
  return `${protocol}${message} ${withPort(source, sourcePort)} → ${withPort(destination, destinationPort)}${flags}, ${size} bytes`;
}
