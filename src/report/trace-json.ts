import type { FactRef, Hop, Place, Reason, Step, TracedOutcome, Walk } from '#sim/packet/outcome';
import type { Packet } from '#sim/packet/packet';
import type { State, TrackedConnection } from '#sim/packet/state';
import type { Traced } from '#sim/packet/trace';
import { originText } from '#snapshot/origin';
import { originJson } from './origin-json.ts';
import type { Quote } from './quote.ts';

/** A trace as its schema (docs/schemas/trace.schema.json) tells it: plain data, evidence with file, line and the line itself. */
export function traceJson({ outcomes, complete }: Traced, quote: Quote): object {
  return { complete, outcomes: outcomes.map((outcome) => outcomeJson(outcome, quote)) };
}

function outcomeJson(outcome: TracedOutcome, quote: Quote): object {
  const { probability, choices, works, answer, reply, state } = outcome;
  return {
    probability,
    choices: choices.map(({ at, of, scope, picked, probability: chance }) => ({ at, of, scope, picked, probability: chance })),
    works,
    ...walkJson(outcome, quote),
    answer,
    reply: reply === null ? null : walkJson(reply, quote),
    state: stateJson(state),
  };
}

function walkJson({ packet, received, outer, disposition, at, reason, hops }: Walk, quote: Quote): object {
  return {
    packet: packetJson(packet),
    received: packetJson(received),
    ...(outer === undefined ? {} : { outer: packetJson(outer) }),
    disposition,
    at: placeJson(at),
    reason: reasonJson(reason, quote),
    hops: hops.map((hop) => hopJson(hop, quote)),
  };
}

const placeJson = ({ node, netns, device }: Place): object => ({ node, namespace: netns, device });

const reasonJson = ({ code, says, by, gap }: Reason, quote: Quote): object => ({
  code,
  says,
  by: by.map((ref) => refJson(ref, quote)),
  ...(gap === undefined ? {} : { gap }),
});

const hopJson = ({ at, in: incoming, out, steps }: Hop, quote: Quote): object => ({
  at: placeJson(at),
  in: incoming,
  out,
  steps: steps.map((step) => stepJson(step, quote)),
});

const stepJson = ({ element, says, by, counted, packet }: Step, quote: Quote): object => ({
  element,
  says,
  by: by.map((ref) => refJson(ref, quote)),
  counted: counted.map(originText),
  ...(packet === undefined ? {} : { packet: packetJson(packet) }),
});

const refJson = ({ kind, scope, key, absent, origin }: FactRef, quote: Quote): object => ({
  kind,
  node: scope.node,
  namespace: scope.netns,
  key,
  ...(absent === true ? { absent } : {}),
  ...originJson(origin, quote),
});

/** A packet with the fields that its protocol has. */
function packetJson(packet: Packet): object {
  const { icmp, tcp, sctp, sourcePort, destinationPort, ...rest } = packet;
  const chunks = sctp === undefined ? {} : { sctp: sctp.chunks.map(({ type }) => type) };
  const flags =
    tcp === null
      ? {}
      : {
          tcp: Object.entries(tcp).flatMap(([name, set]) => (set === true ? [name] : [])),
          ...(tcp.mss === undefined ? {} : { mss: tcp.mss }),
          ...(tcp.mssAtMost === undefined ? {} : { mssAtMost: tcp.mssAtMost }),
        };
  if (icmp === null) return { ...rest, sourcePort, destinationPort, ...flags, ...chunks };
  const { inner, ...message } = icmp;
  return { ...rest, icmp: inner === undefined ? message : { ...message, inner: packetJson(inner) } };
}

/** What was left behind, as lists. */
function stateJson({ connections, pathMtu }: State): object {
  return {
    connections: [...connections].flatMap(([stack, table]) => [...table.values()].map((connection) => connectionJson(stack, connection))),
    pathMtu: [...pathMtu].flatMap(([stack, learnt]) =>
      [...learnt].map(([destination, { mtu }]) => ({ ...stackJson(stack), destination, mtu })),
    ),
  };
}

const connectionJson = (stack: string, { original, reply, seenReply, mark }: TrackedConnection): object => ({
  ...stackJson(stack),
  original: packetJson(original),
  reply,
  seenReply,
  mark,
});

function stackJson(stack: string): object {
  const [node = '', namespace = ''] = stack.split('\0');
  return { node, namespace };
}
