import { type Endpoint, resolveEndpoint } from '#dataplane/endpoints';
import { uplinkOf } from '#dataplane/uplink';
import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { parseIp } from '#net/ip';
import type { Flow } from '#sim/packet/trace';
import { onNode } from '#snapshot/scope';
import { UsageError } from '../command.ts';

/** A flow as a user or a line of a file gives it. */
export type Asked = {
  readonly from: string;
  /** `Y[:port][/proto]`. */
  readonly to: string;
  readonly port?: number | undefined;
  readonly proto?: string | undefined;
  readonly sport?: number | undefined;
  readonly size?: number | undefined;
  readonly df?: boolean | undefined;
  /** The node at which packets of an address that was not captured come in. */
  readonly at?: string | undefined;
};

/** A flow with what its ends are called. */
export type NamedFlow = { readonly flow: Flow; readonly title: string };

const PROTOCOLS = new Set(['tcp', 'udp', 'icmp', 'sctp']);
const MAX_PORT = 65535;
const MAX_SIZE = 65535;
const LEAST_SIZE = 28;

/** Takes `Y[:port][/proto]` apart; a bare IPv6 address has no port. */
export function partsOf(text: string): { readonly name: string; readonly port: number | undefined; readonly protocol: string | undefined } {
  const [, strange] = /:\d{1,5}\/([^/:]*)$/.exec(text) ?? [];
  if (strange !== undefined && !PROTOCOLS.has(strange))
    throw new UsageError(`a protocol is ${[...PROTOCOLS].join(', ')}, not ${JSON.stringify(strange)}`);
  const [, body = text, protocol] = /^(.+)\/(tcp|udp|icmp|sctp)$/.exec(text) ?? [];
  if (parseIp(body) !== undefined) return { name: body, port: undefined, protocol };
  const [, word] = /^[^:[\]]+:([\w-]*[a-z][\w-]*)$/i.exec(body) ?? [];
  if (word !== undefined) throw new UsageError(`a port is a number, not ${JSON.stringify(word)}`);
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|(.*?))(?::(\d{1,5}))?$/.exec(body) ?? [];
  return { name: bracketed ?? plain ?? body, port: port === undefined ? undefined : Number(port), protocol };
}

/** The flow that is asked for; what names nothing is a usage error that says what was tried. */
export function flowOf(asked: Asked, facts: Facts): NamedFlow {
  const parts = partsOf(asked.to);
  const from = endpointOf(asked.from, facts);
  const to = endpointOf(parts.name, facts);
  const entrance = from.scope === null ? entranceOf(asked, from, to, facts) : { from: from.scope };
  if (asked.at !== undefined && from.scope !== null)
    throw new UsageError(`${asked.from} was captured and sends by itself: --at is for addresses that were not`);
  if (to.address === null)
    throw new UsageError(
      to.kind === 'service'
        ? `${asked.to} has no address of its own (headless, or a name outside): ask one of its pods`
        : `${asked.to} has no address that is known`,
    );
  const offered = portsOf(to, facts);
  const port = bounded('port', asked.port ?? parts.port ?? (offered.length === 1 ? offered[0]?.port : undefined), 1, MAX_PORT);
  const protocol = protocolOf(asked.proto ?? parts.protocol ?? onlyProtocol(offered, port), port);
  if (protocol !== 'icmp' && port === undefined)
    throw new UsageError(`${protocol} needs a port: ${inBrackets(parts.name)}:PORT/${protocol}`);
  if (asked.size !== undefined && protocol === 'tcp' && 'enters' in entrance)
    throw new UsageError(
      `${asked.from} was not captured, so that its connection is walked no further than it opens: --size tells of its request`,
    );
  const flow: Flow = {
    ...entrance,
    to: to.address,
    protocol,
    // a namespace with several addresses sends from the one that it was asked for by
    ...(parseIp(asked.from) === undefined || from.address === null ? {} : { source: from.address }),
    ...(port === undefined || protocol === 'icmp' ? {} : { port }),
    ...optional('sport', bounded('sport', asked.sport, 1, MAX_PORT)),
    ...optional('size', bounded('size', asked.size, LEAST_SIZE, MAX_SIZE)),
    ...(asked.df === undefined ? {} : { df: asked.df }),
  };
  return {
    flow,
    title: `${titleOf(from)}${'enters' in entrance ? ` by ${entrance.from.node}` : ''} → ${flow.port === undefined ? titleOf(to) : `${inBrackets(titleOf(to))}:${flow.port}`}/${protocol}`,
  };
}

/** Where the packets of an address outside come in: at the node that is named, at the one that has the target, or at the only one. */
function entranceOf(
  asked: Asked,
  { address, kind }: Endpoint,
  to: Endpoint,
  facts: Facts,
): Pick<Flow, 'from'> & { readonly enters: string } {
  if (address === null || kind !== 'address')
    throw new UsageError(`${asked.from} was not captured: a flow starts in a captured pod, namespace or node`);
  const nodes = facts.nodes();
  const holder = to.kind === 'node' || to.kind === 'address' ? to.scope?.node : undefined;
  const node = asked.at ?? holder ?? (nodes.length === 1 ? nodes[0] : undefined);
  if (node === undefined)
    throw new UsageError(
      `${asked.from} was not captured: say with --at at which node its packets come in (${nodes.slice(0, 5).join(', ')})`,
    );
  if (!nodes.includes(node)) throw new UsageError(`--at ${node} is no captured node; there are ${nodes.slice(0, 5).join(', ')}`);
  const station = uplinkOf(worldOf(facts), node, address);
  if (station === null)
    throw new UsageError(`${asked.from} was not captured, and no route of ${node} tells by which device it would come in`);
  return { from: onNode(node), enters: station.link.name };
}

function endpointOf(text: string, facts: Facts): Endpoint {
  const resolved = resolveEndpoint(facts, text);
  if (resolved.is === 'problem') throw new UsageError(resolved.says);
  return resolved.endpoint;
}

const titleOf = ({ name, address }: Endpoint): string => (address === null || name === address ? name : `${name} (${address})`);

/** A bare IPv6 address, so that a port can follow it. */
const inBrackets = (name: string): string => (name.includes(':') && parseIp(name) !== undefined ? `[${name}]` : name);

/** What a Service offers: with one port, none needs to be said. */
function portsOf({ kind, name }: Endpoint, facts: Facts): FactOf<'service'>['ports'] {
  const services = facts.seen('service', { node: '', netns: '' });
  if (kind !== 'service' || services.is === 'gap') return [];
  return services.value.find((service) => `svc/${service.namespace}/${service.name}` === name)?.ports ?? [];
}

/** The protocol of a port that a Service offers by one alone. */
function onlyProtocol(offered: FactOf<'service'>['ports'], port: number | undefined): string | undefined {
  const [first, ...more] = offered.filter((one) => one.port === port);
  return more.length > 0 ? undefined : first?.protocol.toLowerCase();
}

function protocolOf(text: string | undefined, port: number | undefined): Flow['protocol'] {
  if (text === undefined) return port === undefined ? 'icmp' : 'tcp';
  if (!PROTOCOLS.has(text)) throw new UsageError(`a protocol is tcp, udp, icmp or sctp, not ${JSON.stringify(text)}`);
  return text as Flow['protocol'];
}

function bounded(name: string, value: number | undefined, least: number, most: number): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return value;
  throw new UsageError(`${name} is a whole number from ${least} to ${most}, not ${value}`);
}

const optional = <K extends 'sport' | 'size'>(name: K, value: number | undefined): { readonly [P in K]?: number } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: number };
